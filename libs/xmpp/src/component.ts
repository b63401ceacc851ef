// XEP-0114: Jabber Component Protocol, https://xmpp.org/extensions/xep-0114.html, version 1.6 (2012-01-25)
import { silentLog, systemClock, type Clock, type Log } from '@nestanza/core';
import type { Duplex } from 'node:stream';
import type { Connection } from './connection.js';
import { Jid } from './jid.js';
import { NS_CLIENT, NS_COMPONENT } from './namespaces.js';
import { connectSocket } from './session/connect-socket.js';
import { withDeadline } from './session/negotiation-deadline.js';
import { PersistentConnection, type Dialer, type OpenedStream } from './session/persistent-connection.js';
import { initiateComponent } from './stream/initiate-component.js';
import { XmlStream } from './stream/xml-stream.js';
import { inNamespace } from './xml/content-namespace.js';
import type { Element } from './xml/element.js';

export interface ComponentOptions {
  /** The domain this component answers for. */
  readonly domain: string;
  /** The secret shared with the server. */
  readonly secret: string;
  /** Default `localhost`: the protocol has no encryption, so keep it inside one machine or a trusted network. */
  readonly host?: string;
  /** Default 5347. */
  readonly port?: number;
  /** Makes the transport of each connection instead of a socket. */
  readonly transport?: () => Duplex | Promise<Duplex>;
  readonly log?: Log;
  readonly clock?: Clock;
}

/**
 * A component connection, not yet started. Stanzas have content namespace `jabber:client` here as everywhere. A stanza
 * sent without `from` comes from the component's domain; every stanza needs a `to`.
 * @throws NestanzaError `NST_XMPP_JID` for a malformed domain
 * @example
 * const connection = connectComponent({ domain: 'pubsub.example.org', secret, host: 'localhost', port: 5347 });
 * await connection.start();
 */
export function connectComponent(options: ComponentOptions): Connection {
  const { log = silentLog, clock = systemClock } = options;
  return new PersistentConnection(new ComponentDialer(options, clock), { log, clock });
}

class ComponentDialer implements Dialer {
  readonly pingTarget: string;
  readonly #options: ComponentOptions;
  readonly #clock: Clock;
  readonly #jid: Jid;

  constructor(options: ComponentOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#jid = Jid.of({ domain: options.domain });
    // A component knows no server but the one it is a part of: its own domain goes there and comes back.
    this.pingTarget = this.#jid.domain;
  }

  async dial(signal: AbortSignal): Promise<OpenedStream> {
    const { host = 'localhost', port = 5347, transport, secret } = this.#options;
    const raw = transport === undefined ? await connectSocket([{ host, port }], signal) : await transport();
    const stream = new XmlStream(raw, { namespace: NS_COMPONENT, clock: this.#clock });
    const negotiation = initiateComponent(stream, { domain: this.#jid.domain, secret });
    await withDeadline(negotiation, { stream, clock: this.#clock, signal });
    return { stream, jid: this.#jid };
  }

  outgoing(stanza: Element): Element {
    const addressed = stanza.attr('from') === undefined ? stanza.with({ from: this.#jid.domain }) : stanza;
    return inNamespace(addressed, NS_CLIENT, NS_COMPONENT);
  }

  incoming(stanza: Element): Element {
    return inNamespace(stanza, NS_COMPONENT, NS_CLIENT);
  }
}
