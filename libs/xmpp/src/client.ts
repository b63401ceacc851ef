import { NestanzaError, silentLog, systemClock, type Clock, type Log } from '@nestanza/core';
import type { Duplex } from 'node:stream';
import type { Connection } from './connection.js';
import { Jid } from './jid.js';
import { NS_CLIENT } from './namespaces.js';
import { preparePassword } from './sasl/password.js';
import { clientAddresses, connectSocket } from './session/connect-socket.js';
import { PersistentConnection, type Dialer, type OpenedStream } from './session/persistent-connection.js';
import { withDeadline } from './session/negotiation-deadline.js';
import { initiateStream } from './stream/initiate.js';
import type { TlsOptions } from './stream/starttls.js';
import { XmlStream } from './stream/xml-stream.js';

export interface ClientOptions {
  /** The account, `inventory@example.org`; with a resource, that one is asked for. */
  readonly jid: string | Jid;
  readonly password: string;
  /** Where to connect. Default: by the SRV records of the domain, else the domain itself, port 5222. */
  readonly host?: string;
  /** Default 5222. */
  readonly port?: number;
  /** Asked for; the server may give another. Default: chosen by the server, new at each connection. */
  readonly resource?: string;
  /** How to check the server's certificate. `false`: no TLS, for a server on a loopback address only. */
  readonly tls?: TlsOptions | false;
  /** Makes the transport of each connection instead of a socket: a session inside this process, without TLS. */
  readonly transport?: () => Duplex | Promise<Duplex>;
  readonly log?: Log;
  readonly clock?: Clock;
}

/**
 * A client connection (RFC 6120), not yet started. TLS is required and its certificate verified, SCRAM preferred and
 * the server's proof demanded.
 * @throws NestanzaError `NST_XMPP_JID` for a malformed address, `NST_XMPP_PASSWORD` for an unusable password, `NST_XMPP_TLS_REQUIRED` for `tls: false` to another machine
 * @example
 * const connection = connectClient({ jid: 'inventory@example.org', password });
 * await connection.start();
 * connection.send(message({ to: 'operator@example.org', type: 'chat', body: 'Stock is low.' }));
 */
export function connectClient(options: ClientOptions): Connection {
  const { log = silentLog, clock = systemClock } = options;
  return new PersistentConnection(new ClientDialer(options, clock), { log, clock });
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

class ClientDialer implements Dialer {
  readonly pingTarget = undefined;
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #account: Jid;
  readonly #password: string;
  /** After the first SCRAM login, a server that offers less is not believed. */
  #scramOnly = false;

  constructor(options: ClientOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#account = typeof options.jid === 'string' ? Jid.parse(options.jid) : options.jid;
    this.#password = preparePassword(options.password);
    if (this.#account.local === '') {
      throw new NestanzaError('NST_XMPP_JID', `"${String(options.jid)}" is no account: write name@domain.`);
    }
    if (
      options.tls === false &&
      options.transport === undefined &&
      !LOOPBACK.test(options.host ?? this.#account.domain)
    ) {
      throw new NestanzaError(
        'NST_XMPP_TLS_REQUIRED',
        'A connection without TLS may lead to a loopback address only.',
        {
          facts: { host: options.host },
        },
      );
    }
  }

  async dial(signal: AbortSignal): Promise<OpenedStream> {
    const { tls, transport, resource } = this.#options;
    const { local: username, domain, resource: fromJid } = this.#account;
    const stream = new XmlStream(await this.#connect(signal), { namespace: NS_CLIENT, clock: this.#clock });
    const negotiation = initiateStream(stream, {
      username,
      domain,
      password: this.#password,
      resource: resource ?? (fromJid === '' ? undefined : fromJid),
      tls: tls === false || (tls === undefined && transport !== undefined) ? 'unneeded' : (tls ?? {}),
      scramOnly: this.#scramOnly,
    });
    const { jid, mechanism } = await withDeadline(negotiation, { stream, clock: this.#clock, signal });
    this.#scramOnly ||= mechanism.startsWith('SCRAM-');
    return { stream, jid };
  }

  outgoing<Stanza>(stanza: Stanza): Stanza {
    return stanza;
  }

  incoming<Stanza>(stanza: Stanza): Stanza {
    return stanza;
  }

  async #connect(signal: AbortSignal): Promise<Duplex> {
    const { transport, host, port = 5222 } = this.#options;
    if (transport !== undefined) return transport();
    const addresses = host === undefined ? await clientAddresses(this.#account.domain) : [{ host, port }];
    return connectSocket(addresses, signal);
  }
}
