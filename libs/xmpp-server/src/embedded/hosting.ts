import { hasCode, NestanzaError, pause, type Log } from '@nestanza/core';
import type { InstallationSecret } from '../auth/installation-secret.js';
import { startServer, type XmppServer } from '../server.js';
import { postgresStore } from '../store/postgres/postgres.store.js';
import { localAuthority } from '../tls/local-authority.js';
import { removeDismissed } from './departures.js';
import { readHostRecord, writeHostRecord } from './host-record.js';
import type { EmbeddedSettings } from './settings.js';

const HOST = '127.0.0.1';
const USUAL_PORT = 5_222;
/** A host that was killed may hold its port a moment longer than its lock. */
const PORT_PATIENCE = 1_500;
const PORT_PULSE = 50;

export interface HostingOptions {
  readonly settings: EmbeddedSettings;
  /** Directory of the server's files inside the data directory. */
  readonly directory: string;
  readonly database: string;
  readonly secret: InstallationSecret;
  readonly log: Log;
}

/** The server of the data directory, running in this process. */
export interface Hosting {
  readonly server: XmppServer;
  readonly ca: string;
  close(): Promise<void>;
}

/**
 * Serves on the port remembered in the data directory, and remembers it. Only for whoever holds the hosting lock.
 * @throws NestanzaError `NST_SERVER_PORT` when the port demanded is a stranger's
 */
export async function startHosting(options: HostingOptions): Promise<Hosting> {
  const { settings, directory, database, secret, log } = options;
  const { ca, identity } = await localAuthority(directory, settings.domain, Date.now());
  const store = await postgresStore({ url: database, log });
  try {
    const open = (port: number) =>
      startServer({ domain: settings.domain, host: HOST, port, tls: identity, store, secret, log });
    const server = await onSomePort(settings.port, (await readHostRecord(directory))?.port, open);
    await writeHostRecord(directory, { host: HOST, port: server.address!.port, pid: process.pid });
    const over = new AbortController();
    const removing = removeDismissed(store.accounts(server.domain), {
      remove: (name) => server.users.delete(name),
      log,
      signal: over.signal,
    });
    const close = async () => {
      over.abort();
      await removing;
      await server.close();
      await store.close();
    };
    return { server, ca, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The port demanded and no other; else the remembered one; else the usual one; else any. */
async function onSomePort(
  demanded: number | undefined,
  remembered: number | undefined,
  open: (port: number) => Promise<XmppServer>,
): Promise<XmppServer> {
  const wanted = demanded ?? remembered;
  const patience = wanted === undefined ? 0 : PORT_PATIENCE;
  for (let waited = 0; ; waited += PORT_PULSE) {
    try {
      return await open(wanted ?? USUAL_PORT);
    } catch (error) {
      if (!hasCode(error, 'NST_SERVER_PORT')) throw error;
      if (waited < patience) await pause(PORT_PULSE);
      else if (demanded === undefined) return open(0);
      else throw taken(demanded, error);
    }
  }
}

function taken(port: number, cause: unknown): NestanzaError {
  return new NestanzaError(
    'NST_SERVER_PORT',
    `Port ${port} is taken: set NESTANZA_XMPP_PORT to a free one, or unset it.`,
    {
      cause,
      facts: { port },
    },
  );
}
