import { errorText, hasCode, silentLog, systemClock, type Clock, type Log } from '@nestanza/core';
import { errorReply, Jid, StanzaError, type Connection, type Element, type Unsubscribe } from '@nestanza/xmpp';
import type { ServiceEngine, ServiceHost } from './service-host.js';

export interface ComponentHostOptions {
  /** The domain that the component answers for. */
  readonly domain: string;
  /** Who administers the service. Default: nobody. */
  readonly isAdmin?: (jid: Jid) => boolean;
  /** Who may create nodes or rooms. Default: accounts of the domain above the service's own. */
  readonly mayCreate?: (jid: Jid) => boolean;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** The way back to a request's asker. */
interface Awaited {
  resolve(payload: Element | undefined): void;
  reject(error: StanzaError): void;
}

/**
 * Carries a service engine by a component's connection (XEP-0114), behind whatever server it is connected to. What the
 * engine sends while there is no stream is lost, and logged. Sessions are untracked: a subscription of a full JID stays
 * until it is removed.
 * @returns the engine, at work; and what takes it off the connection, which stays open
 * @example
 * const domain = 'events.example.org';
 * const connection = connectComponent({ domain, secret: 'shared with the server' });
 * const store = memoryStore().pubsub(domain);
 * const { engine } = hostByComponent(connection, (host) => new PubSubEngine({ host, store }), { domain });
 * await connection.start();
 */
export function hostByComponent<Engine extends ServiceEngine>(
  connection: Connection,
  make: (host: ServiceHost) => Engine,
  options: ComponentHostOptions,
): { readonly engine: Engine; readonly release: Unsubscribe } {
  const carrier = new ComponentCarrier(connection, options);
  const engine = make(carrier);
  return { engine, release: carrier.carry(engine) };
}

class ComponentCarrier implements ServiceHost {
  readonly domain: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly isAdmin: (jid: Jid) => boolean;
  readonly mayCreate: (jid: Jid) => boolean;
  readonly #connection: Connection;
  /** Requests handed to the engine, by who asked and id. */
  readonly #awaited = new Map<string, Awaited>();
  #engine: ServiceEngine | undefined;

  constructor(connection: Connection, options: ComponentHostOptions) {
    this.#connection = connection;
    this.domain = Jid.of({ domain: options.domain }).domain;
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? silentLog;
    this.isAdmin = options.isAdmin ?? (() => false);
    this.mayCreate = options.mayCreate ?? ((jid) => this.domain.endsWith(`.${jid.domain}`));
  }

  session(): 'untracked' {
    return 'untracked';
  }

  carry(engine: ServiceEngine): Unsubscribe {
    this.#engine = engine;
    const handlers = engine.payloads.flatMap((payload) =>
      (['get', 'set'] as const).map((type) => this.#connection.onIq(type, payload, (iq) => this.#ask(engine, iq))),
    );
    const listener = this.#connection.onStanza((stanza) => {
      engine.handle(stanza);
      return true;
    });
    return () => [...handlers, listener].forEach((end) => end());
  }

  send(stanza: Element): void {
    const type = stanza.attr('type');
    if (stanza.name === 'iq' && (type === 'get' || type === 'set')) return this.#request(stanza);
    const awaited = stanza.name === 'iq' ? this.#taken(stanza) : undefined;
    if (awaited === undefined) return this.#post(stanza);
    if (type === 'error') awaited.reject(StanzaError.fromElement(stanza));
    else awaited.resolve(stanza.elements()[0]);
  }

  /** The connection wants the reply as a promise; the engine sends it as a stanza. */
  #ask(engine: ServiceEngine, iq: Element): Promise<Element | undefined> {
    const key = keyOf(iq.attr('from'), iq.attr('id'));
    if (this.#awaited.has(key)) throw new StanzaError('conflict', { text: 'A request of this id is under way' });
    return new Promise((resolve, reject) => {
      this.#awaited.set(key, { resolve, reject });
      engine.handle(iq);
    });
  }

  #taken(reply: Element): Awaited | undefined {
    const key = keyOf(reply.attr('to'), reply.attr('id'));
    const awaited = this.#awaited.get(key);
    this.#awaited.delete(key);
    return awaited;
  }

  /** A request of the engine's own: its reply comes back to it as a stanza. */
  #request(iq: Element): void {
    void this.#connection.request(iq).then(
      (result) => this.#engine?.handle(result),
      (error: unknown) => {
        const refusal = error instanceof StanzaError ? error : new StanzaError('remote-server-timeout');
        this.#engine?.handle(errorReply(iq, refusal));
      },
    );
  }

  #post(stanza: Element): void {
    try {
      this.#connection.send(stanza);
    } catch (error) {
      if (!hasCode(error, 'NST_XMPP_OFFLINE'))
        this.log.error('a stanza could not be sent', { to: stanza.attr('to'), error: errorText(error) });
      else this.log.debug('sent to nobody: the component is offline', { to: stanza.attr('to') });
    }
  }
}

function keyOf(requester: string | undefined, id: string | undefined): string {
  return `${requester} ${id}`;
}
