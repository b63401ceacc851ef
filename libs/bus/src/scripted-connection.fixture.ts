import { NestanzaError } from '@nestanza/core';
import {
  type Connection,
  type ConnectionStatus,
  type Element,
  type IqHandler,
  Jid,
  type RequestOptions,
  StanzaError,
  type Unsubscribe,
  xml,
} from '@nestanza/xmpp';

type Answer = (iq: Element) => Element | undefined;

/** A connection whose other end is the test: it sees what is sent, answers requests and sends stanzas itself. */
export class ScriptedConnection implements Connection {
  readonly sent: Element[] = [];
  readonly requests: Element[] = [];
  /** Answers requests; without an answer `service-unavailable` comes back. */
  answer: Answer = () => undefined;
  status: ConnectionStatus = { state: 'offline' };
  readonly jid: Jid;
  readonly #status = new Set<(status: ConnectionStatus) => void>();
  readonly #stanza = new Set<(stanza: Element) => boolean | void>();
  readonly #iq = new Map<string, IqHandler>();

  constructor(jid = 'inventory@localhost/one') {
    this.jid = Jid.parse(jid);
  }

  start(): Promise<void> {
    this.move({ state: 'online', jid: this.jid, resumed: false });
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.move({ state: 'offline' });
    return Promise.resolve();
  }

  send(stanza: Element): void {
    if (this.status.state !== 'online') throw new NestanzaError('NST_XMPP_OFFLINE', 'offline', { retryable: true });
    this.sent.push(stanza);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  async request(iq: Element, _options?: RequestOptions): Promise<Element> {
    if (this.status.state !== 'online') throw new NestanzaError('NST_XMPP_OFFLINE', 'offline', { retryable: true });
    this.requests.push(iq);
    await Promise.resolve();
    const answer = this.answer(iq);
    if (answer === undefined) throw new StanzaError('service-unavailable');
    return answer;
  }

  onStatus(listener: (status: ConnectionStatus) => void): Unsubscribe {
    this.#status.add(listener);
    return () => this.#status.delete(listener);
  }

  onStanza(listener: (stanza: Element) => boolean | void): Unsubscribe {
    this.#stanza.add(listener);
    return () => this.#stanza.delete(listener);
  }

  onIq(
    type: 'get' | 'set',
    payload: { readonly name: string; readonly xmlns: string },
    handler: IqHandler,
  ): Unsubscribe {
    const key = `${type} ${payload.name} ${payload.xmlns}`;
    this.#iq.set(key, handler);
    return () => this.#iq.delete(key);
  }

  move(status: ConnectionStatus): void {
    this.status = status;
    for (const listener of this.#status) listener(status);
  }

  /** A message or presence arrives. @returns whether somebody claimed it */
  receive(stanza: Element): boolean {
    for (const listener of this.#stanza) if (listener(stanza) === true) return true;
    return false;
  }

  /** An IQ request arrives; resolves with the answer's payload. */
  async ask(from: string, type: 'get' | 'set', payload: Element): Promise<Element | undefined> {
    const handler = this.#iq.get(`${type} ${payload.name} ${payload.xmlns}`);
    if (handler === undefined) throw new StanzaError('service-unavailable');
    return handler(xml('iq', { xmlns: 'jabber:client', type, from, to: this.jid.toString(), id: 'q1' }, payload));
  }
}

/** An empty result, as services confirm with. */
export function confirmed(): Element {
  return xml('iq', { xmlns: 'jabber:client', type: 'result' });
}
