import { type Log, NestanzaError, systemClock, toError } from '@nestanza/core';
import {
  type Connection,
  type ConnectionStatus,
  type Element,
  type IqHandler,
  Jid,
  type RequestOptions,
  type Unsubscribe,
} from '@nestanza/xmpp';
import { IqResponder, PendingRequests, StanzaListeners } from '@nestanza/xmpp/internal';
import { clientFailure } from './client-failure.js';
import { fromLtx, toLtx } from './ltx.js';
import type { DrivenClient, LtxElement, LtxMiddleware, MakeLtx } from './xmpp-client.js';

/** Stanzas that may wait for the socket; more are refused. */
const MOST_UNSENT = 10_000;
/** `drained` waits while there are more. */
const HIGH_WATER = 1_000;

/**
 * A `Connection` over an @xmpp/client instance, used as it is by its public parts alone: everything received comes
 * through its middleware, so that its own stream management, ping and the application's handlers go on working. Logins,
 * TLS and reconnecting are its business.
 */
export class XmppClientConnection implements Connection {
  readonly #client: DrivenClient;
  readonly #make: MakeLtx;
  readonly #log: Log;
  readonly #requests = new PendingRequests(systemClock);
  readonly #responder: IqResponder;
  readonly #stanzas: StanzaListeners;
  readonly #claimed = new Set<string>();
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>();
  readonly #waiting: (() => void)[] = [];
  #status: ConnectionStatus = { state: 'offline' };
  #jid: Jid | undefined;
  #unsent = 0;
  #attempt = 0;
  #running = false;
  #lastError: unknown;

  constructor(client: DrivenClient, { make, log }: { readonly make: MakeLtx; readonly log: Log }) {
    this.#client = client;
    this.#make = make;
    this.#log = log;
    this.#responder = new IqResponder(log);
    this.#stanzas = new StanzaListeners(log);
    client.middleware.use((context, next) => this.#receive(context.stanza, next));
    client.on('error', (error) => this.#failed(error));
    client.on('connecting', () => this.#move({ state: 'connecting', attempt: ++this.#attempt }));
    client.on('online', () => this.#online(false));
    client.on('disconnect', () => this.#lost());
    client.on('offline', () => this.#move({ state: 'offline' }));
    // XEP-0198 §5: a resumed stream is online without an event "online".
    client.streamManagement.on('resumed', () => this.#online(true));
    if (client.status === 'online') this.#online(false);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get jid(): Jid | undefined {
    return this.#jid;
  }

  start(): Promise<void> {
    if (this.#status.state === 'online') return Promise.resolve();
    this.#running = true;
    const online = this.#firstOnline();
    // A client that somebody else has started comes online by itself.
    if (this.#client.status === 'offline') this.#client.start().catch((error: unknown) => this.#failed(error));
    return online;
  }

  async stop(): Promise<void> {
    if (!this.#running && this.#client.status === 'offline') return;
    this.#running = false;
    this.#client.reconnect.stop();
    try {
      await this.#client.stop();
    } catch (error) {
      // It had no stream that could be closed.
      this.#log.debug('@xmpp/client did not close its stream', { error: toError(error) });
    }
    this.#move({ state: 'offline' });
  }

  send(stanza: Element): void {
    const { state } = this.#status;
    if (state !== 'online') {
      throw new NestanzaError('NST_XMPP_OFFLINE', `There is no XMPP stream to send on (${state}).`, {
        retryable: true,
        facts: { state },
      });
    }
    if (this.#unsent >= MOST_UNSENT) {
      throw new NestanzaError('NST_XMPP_QUEUE_FULL', `${MOST_UNSENT} stanzas wait for the socket.`, {
        retryable: true,
      });
    }
    this.#unsent += 1;
    const sent = () => {
      this.#unsent -= 1;
      if (this.#unsent < HIGH_WATER) for (const resolve of this.#waiting.splice(0)) resolve();
    };
    this.#client.send(toLtx(stanza, this.#make)).then(sent, (error: unknown) => {
      sent();
      this.#log.debug('A stanza could not be sent', { error: toError(error) });
    });
  }

  drained(): Promise<void> {
    if (this.#unsent < HIGH_WATER) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  request(iq: Element, options?: RequestOptions): Promise<Element> {
    return this.#requests.request(iq, (stanza) => this.send(stanza), options);
  }

  onStatus(listener: (status: ConnectionStatus) => void): Unsubscribe {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  onStanza(listener: (stanza: Element) => boolean | void): Unsubscribe {
    return this.#stanzas.add(listener);
  }

  onIq(
    type: 'get' | 'set',
    payload: { readonly name: string; readonly xmlns: string },
    handler: IqHandler,
  ): Unsubscribe {
    const key = iqKey(type, payload);
    const release = this.#responder.register(type, payload, handler);
    this.#claimed.add(key);
    return () => {
      this.#claimed.delete(key);
      release();
    };
  }

  /** Called in the order of arrival, by a client that answers a request with what this returns. */
  #receive(ltx: LtxElement, next: Parameters<LtxMiddleware>[1]): unknown {
    const name = ltx.getName();
    if (name === 'message' || name === 'presence') {
      this.#stanzas.offer(fromLtx(ltx));
      return undefined;
    }
    const type = ltx.attrs['type'];
    if (name !== 'iq') return next();
    if (type === 'result' || type === 'error') {
      const own = this.#jid;
      return own !== undefined && this.#requests.settle(fromLtx(ltx), own) ? undefined : next();
    }
    const iq = fromLtx(ltx);
    const payload = iq.elements()[0];
    if (payload === undefined || !this.#claimed.has(iqKey(String(type), payload))) return next();
    return new Promise((resolve) => this.#responder.respond(iq, (reply) => resolve(this.#answer(reply))));
  }

  /** What the middleware of requests makes its reply of. */
  #answer(reply: Element): LtxElement | true {
    const payload = reply.attr('type') === 'error' ? reply.child('error') : reply.elements()[0];
    return payload === undefined ? true : toLtx(payload, this.#make);
  }

  #online(resumed: boolean): void {
    this.#jid = Jid.parse(this.#client.jid!.toString());
    this.#attempt = 0;
    this.#running = true;
    this.#move({ state: 'online', jid: this.#jid, resumed });
  }

  /** Only a final failure ends its attempts; others are followed by the next one. */
  #failed(error: unknown): void {
    this.#lastError = error;
    const failure = clientFailure(error);
    if (failure.retryable || this.#status.state === 'online') return;
    this.#client.reconnect.stop();
    this.#move({ state: 'failed', error: failure });
    this.#client
      .stop()
      .catch((cause: unknown) => this.#log.debug('@xmpp/client did not stop', { error: toError(cause) }));
  }

  #lost(): void {
    const error = clientFailure(this.#lastError ?? new Error('the stream was lost'));
    this.#lastError = undefined;
    this.#requests.rejectAll(error);
    if (!this.#running || this.#status.state === 'failed') return;
    this.#move({ state: 'waiting', error, retryAt: Date.now() + this.#client.reconnect.delay });
  }

  #firstOnline(): Promise<void> {
    return new Promise((resolve, reject) => {
      const off = this.onStatus((status) => {
        if (status.state === 'online') resolve();
        else if (status.state === 'failed') reject(status.error);
        else if (status.state !== 'offline' || this.#running) return;
        else reject(new NestanzaError('NST_XMPP_OFFLINE', 'Stopped before it was online.', { retryable: true }));
        off();
      });
    });
  }

  #move(status: ConnectionStatus): void {
    const { state } = this.#status;
    // A final failure stays told, whatever the client does to end.
    if ((state === 'failed' && status.state !== 'online') || (state === 'offline' && status.state === 'offline'))
      return;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener(status);
  }
}

function iqKey(type: string, { name, xmlns }: { readonly name: string; readonly xmlns: string }): string {
  return `${type} ${name} ${xmlns}`;
}
