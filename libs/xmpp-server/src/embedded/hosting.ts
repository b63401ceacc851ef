import type { Log } from '@nestanza/core';
import type { InstallationSecret } from '../auth/installation-secret.js';
import { startServer, type XmppServer } from '../server.js';
import { postgresStore } from '../store/postgres/postgres.store.js';
import { localAuthority } from '../tls/local-authority.js';
import { removeDismissed } from './departures.js';
import { readHostRecord, writeHostRecord, type HostRecord } from './host-record.js';
import { onWishedPorts, type PortWish } from './port-wishes.js';
import type { EmbeddedSettings } from './settings.js';

const HOST = '127.0.0.1';
const USUAL_PORT = 5_222;
const USUAL_COMPONENT_PORT = 5_347;

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
    const options = { domain: settings.domain, host: HOST, tls: identity, store, secret, log };
    const components = Object.fromEntries(settings.components);
    const wishes = portWishes(settings, await readHostRecord(directory));
    const server = await onWishedPorts(wishes, (ports) => startServer({ ...options, components, ...ports }));
    await writeHostRecord(directory, {
      host: HOST,
      port: server.address!.port,
      ...(server.componentAddress !== undefined && { componentPort: server.componentAddress.port }),
      pid: process.pid,
    });
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

/** The port for components is opened only where there are any, that for WebSocket only where one is named. */
function portWishes(
  settings: EmbeddedSettings,
  record: HostRecord | undefined,
): Readonly<Partial<Record<'port' | 'componentPort' | 'webSocketPort', PortWish>>> {
  const port: PortWish = {
    variable: 'NESTANZA_XMPP_PORT',
    demanded: settings.port,
    remembered: record?.port,
    usual: USUAL_PORT,
  };
  const componentPort: PortWish = {
    variable: 'NESTANZA_XMPP_COMPONENT_PORT',
    demanded: settings.componentPort,
    remembered: record?.componentPort,
    usual: USUAL_COMPONENT_PORT,
  };
  const webSocketPort: PortWish | undefined =
    settings.webSocketPort === undefined
      ? undefined
      : {
          variable: 'NESTANZA_XMPP_WS_PORT',
          demanded: settings.webSocketPort,
          remembered: undefined,
          usual: settings.webSocketPort,
        };
  return {
    port,
    ...(settings.components.size > 0 && { componentPort }),
    ...(webSocketPort !== undefined && { webSocketPort }),
  };
}
