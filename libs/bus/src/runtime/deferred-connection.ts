import type {
  Connection,
  ConnectionStatus,
  Element,
  IqHandler,
  Jid,
  RequestOptions,
  Unsubscribe,
} from '@nestanza/xmpp';
import type { BusRuntime } from './bus-runtime.js';

/**
 * The connection that a bus makes for itself, for those who are built before it. Every use before it stands is an error
 * that says so (`NST_BUS_NOT_CONNECTED`).
 */
export class DeferredConnection implements Connection {
  readonly #runtime: BusRuntime;

  constructor(runtime: BusRuntime) {
    this.#runtime = runtime;
  }

  get status(): ConnectionStatus {
    return this.#real.status;
  }

  get jid(): Jid | undefined {
    return this.#real.jid;
  }

  start(): Promise<void> {
    return this.#real.start();
  }

  stop(): Promise<void> {
    return this.#real.stop();
  }

  send(stanza: Element): void {
    this.#real.send(stanza);
  }

  drained(): Promise<void> {
    return this.#real.drained();
  }

  request(iq: Element, options?: RequestOptions): Promise<Element> {
    return this.#real.request(iq, options);
  }

  onStatus(listener: (status: ConnectionStatus) => void): Unsubscribe {
    return this.#real.onStatus(listener);
  }

  onStanza(listener: (stanza: Element) => boolean | void): Unsubscribe {
    return this.#real.onStanza(listener);
  }

  onIq(
    type: 'get' | 'set',
    payload: { readonly name: string; readonly xmlns: string },
    handler: IqHandler,
  ): Unsubscribe {
    return this.#real.onIq(type, payload, handler);
  }

  get #real(): Connection {
    return this.#runtime.transport.connection;
  }
}
