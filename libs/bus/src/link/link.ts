import type { Log } from '@nestanza/core';
import { type Connection, connectClient, connectComponent, Jid } from '@nestanza/xmpp';
import type { XmppTarget } from '../bus-options.js';
import { parseTarget } from './target.js';
import { isXmppClient } from './xmpp-client/xmpp-client.js';

/** A connection that is ready to be started, and what goes with it. */
export interface Link {
  readonly connection: Connection;
  /** Own bare address, known before the first online. */
  readonly address: Jid;
  /** For the log of the start: how XMPP is reached, without secrets. */
  readonly description: string;
  /** Leaves what was joined; the connection has been stopped before. */
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly service: string;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const nothing = () => Promise.resolve();

/**
 * Makes the link that a target names. Joins or starts the embedded server where it says so.
 * @throws NestanzaError `NST_BUS_TARGET` for a text that is no target
 */
export async function openLink(target: XmppTarget, { service, log, environment }: LinkOptions): Promise<Link> {
  if (typeof target !== 'string') {
    if (isXmppClient(target)) {
      const { openXmppClient } = await import('./xmpp-client/open-xmpp-client.js');
      return openXmppClient(target, log);
    }
    if (target.jid === undefined) await target.start();
    return { connection: target, address: target.jid!.bare(), description: 'the connection handed in', close: nothing };
  }
  const parsed = parseTarget(target, environment['NESTANZA_XMPP_CA']);
  switch (parsed.kind) {
    case 'embedded':
    case 'in-process': {
      // The server is an optional part, loaded only by those who run on it.
      const { joinEmbeddedServer, joinProcessServer } = await import('./embedded.js');
      const join = parsed.kind === 'embedded' ? joinEmbeddedServer : joinProcessServer;
      return join({ service, log, environment });
    }
    case 'client': {
      const { jid, password, host, port, ca } = parsed;
      const connection = connectClient({ jid, password, host, port, tls: ca === undefined ? undefined : { ca }, log });
      return {
        connection,
        address: jid,
        description: `${jid.toString()}${host === undefined ? '' : ` at ${host}`}`,
        close: nothing,
      };
    }
    case 'component': {
      const { domain, secret, host, port } = parsed;
      const connection = connectComponent({ domain, secret, host, port, log });
      return { connection, address: Jid.of({ domain }), description: `component ${domain} at ${host}`, close: nothing };
    }
  }
}
