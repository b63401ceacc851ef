import { NestanzaError, toError, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Connection, ConnectionStatus, IqHandler, RequestOptions, Unsubscribe } from '../connection.js';
import type { Jid } from '../jid.js';
import { NS_CLIENT } from '../namespaces.js';
import { iqGet } from '../stanza/iq.js';
import { StanzaError } from '../stanza/stanza-error.js';
import type { XmlStream } from '../stream/xml-stream.js';
import { NS_PING } from '../xep/xep-0199-ping.js';
import { xml, type Element } from '../xml/element.js';
import { backoff } from './backoff.js';
import { IqResponder } from './iq-responder.js';
import { Keepalive } from './keepalive.js';
import { PendingRequests } from './pending-requests.js';
import { StanzaListeners } from './stanza-listeners.js';

/** A stream after negotiation. */
export interface OpenedStream {
  readonly stream: XmlStream;
  readonly jid: Jid;
}

/** How a kind of connection gets its stream; everything else is the same for all. */
export interface Dialer {
  /**
   * Connects and negotiates.
   * @param signal - aborts when the connection is stopped meanwhile
   * @throws NestanzaError whose `retryable` says whether another attempt makes sense
   */
  dial(signal: AbortSignal): Promise<OpenedStream>;
  /** Who is asked for a sign of life; `undefined` is the own server. */
  readonly pingTarget: string | undefined;
  /** Content namespace mapping of this kind of stream. */
  outgoing(stanza: Element): Element;
  incoming(stanza: Element): Element;
}

export interface PersistentConnectionOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Default `Math.random`. */
  readonly random?: () => number;
}

const STOP_GRACE = 3_000;

/** A `Connection` over one stream after another: dials, dispatches, and dials again when the stream is lost. */
export class PersistentConnection implements Connection {
  readonly #dialer: Dialer;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #requests: PendingRequests;
  readonly #responder: IqResponder;
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>();
  readonly #stanzas: StanzaListeners;
  #status: ConnectionStatus = { state: 'offline' };
  #jid: Jid | undefined;
  #stream: XmlStream | undefined;
  #keepalive: Keepalive | undefined;
  #retry: Timer | undefined;
  #run: AbortController | undefined;
  #attempt = 0;

  constructor(dialer: Dialer, { log, clock, random = Math.random }: PersistentConnectionOptions) {
    this.#dialer = dialer;
    this.#log = log;
    this.#clock = clock;
    this.#random = random;
    this.#requests = new PendingRequests(clock);
    this.#responder = new IqResponder(log);
    this.#stanzas = new StanzaListeners(log);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get jid(): Jid | undefined {
    return this.#jid;
  }

  start(): Promise<void> {
    if (this.#status.state === 'online') return Promise.resolve();
    const online = this.#firstOnline();
    if (this.#run === undefined) {
      this.#run = new AbortController();
      this.#attempt = 0;
      this.#connect(this.#run.signal);
    }
    return online;
  }

  async stop(): Promise<void> {
    this.#run?.abort();
    this.#run = undefined;
    this.#retry?.cancel();
    const stream = this.#stream;
    if (stream === undefined) return this.#setStatus({ state: 'offline' });
    await new Promise<void>((resolve) => {
      const off = this.onStatus(() => {
        off();
        deadline.cancel();
        resolve();
      });
      const deadline = this.#clock.after(STOP_GRACE, () => stream.destroy(), { background: false });
      stream.close();
    });
  }

  send(stanza: Element): void {
    if (this.#stream === undefined) throw offline(this.#status);
    this.#stream.send(this.#dialer.outgoing(stanza));
  }

  drained(): Promise<void> {
    return this.#stream?.drained() ?? Promise.resolve();
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
    return this.#responder.register(type, payload, handler);
  }

  #firstOnline(): Promise<void> {
    return new Promise((resolve, reject) => {
      const off = this.onStatus((status) => {
        if (status.state === 'online') resolve();
        else if (status.state === 'failed') reject(status.error);
        else if (status.state === 'offline') reject(stopped());
        else return;
        off();
      });
    });
  }

  #connect(signal: AbortSignal): void {
    this.#attempt++;
    this.#setStatus({ state: 'connecting', attempt: this.#attempt });
    this.#dialer.dial(signal).then(
      (opened) => {
        if (signal.aborted) opened.stream.close();
        else this.#begin(opened, signal);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#lost(toError(error), signal);
      },
    );
  }

  #begin({ stream, jid }: OpenedStream, signal: AbortSignal): void {
    this.#stream = stream;
    this.#jid = jid;
    this.#attempt = 0;
    this.#keepalive = new Keepalive(stream, { clock: this.#clock, ping: () => this.#ping() });
    // Online is said before anything received is handed on: listeners may send from the first stanza.
    this.#setStatus({ state: 'online', jid, resumed: false });
    stream.listen({
      onElement: (element) => this.#dispatch(this.#dialer.incoming(element), jid),
      onClosed: (error) => this.#ended(error, signal),
    });
  }

  #ended(error: Error | undefined, signal: AbortSignal): void {
    this.#keepalive?.stop();
    this.#stream = undefined;
    const reason = error ?? lost();
    this.#requests.rejectAll(lost(reason));
    if (signal.aborted) this.#setStatus({ state: 'offline' });
    else this.#lost(reason, signal);
  }

  /** After a failed attempt or a lost stream: another attempt, or the end where none can help. */
  #lost(error: Error, signal: AbortSignal): void {
    if (error instanceof NestanzaError && !error.retryable) {
      this.#run = undefined;
      this.#log.error('The XMPP connection has failed for good', { error });
      this.#setStatus({ state: 'failed', error });
      return;
    }
    const delay = backoff(this.#attempt + 1, this.#random());
    this.#log.warn('No XMPP connection; trying again', { error, delay, attempt: this.#attempt });
    this.#retry = this.#clock.after(delay, () => this.#connect(signal), { background: false });
    this.#setStatus({ state: 'waiting', error, retryAt: this.#clock.now() + delay });
  }

  #dispatch(stanza: Element, own: Jid): void {
    if (stanza.xmlns !== NS_CLIENT)
      return this.#log.debug('Ignored an element that is no stanza', { name: stanza.name });
    if (stanza.name === 'message' || stanza.name === 'presence') return this.#stanzas.offer(stanza);
    if (stanza.name !== 'iq') return this.#log.debug('Ignored an unknown stanza', { name: stanza.name });
    const type = stanza.attr('type');
    if (type === 'result' || type === 'error') {
      if (this.#requests.settle(stanza, own)) return;
      // Late, or from somebody who was not asked (CVE-2014-style spoofing): never answered (§8.2.3).
      this.#log.debug('Ignored an IQ reply that answers no request', {
        from: stanza.attr('from'),
        id: stanza.attr('id'),
      });
      return;
    }
    this.#responder.respond(stanza, (reply) => this.#reply(reply));
  }

  /** A reply whose stream is gone has nobody to go to: the requester has been told so by its own. */
  #reply(reply: Element): void {
    if (this.#stream === undefined || this.#run === undefined) return;
    this.send(reply);
  }

  #ping(): void {
    const ping = iqGet(
      { to: this.#dialer.pingTarget, from: this.#dialer.pingTarget && String(this.#jid) },
      xml('ping', { xmlns: NS_PING }),
    );
    this.request(ping).catch((error: unknown) => {
      // Whatever came back has proved that the peer lives; a timeout is the keepalive's to judge.
      if (!(error instanceof StanzaError)) this.#log.debug('No answer to a ping', { error: toError(error) });
    });
  }

  #setStatus(status: ConnectionStatus): void {
    if (this.#status.state === 'offline' && status.state === 'offline') return;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) {
      try {
        listener(status);
      } catch (error) {
        this.#log.error('A status listener failed', { state: status.state, error: toError(error) });
      }
    }
  }
}

function offline({ state }: ConnectionStatus): NestanzaError {
  return new NestanzaError('NST_XMPP_OFFLINE', `There is no XMPP stream to send on (${state}).`, {
    retryable: true,
    facts: { state },
  });
}

function lost(cause?: Error): NestanzaError {
  return new NestanzaError('NST_XMPP_DISCONNECTED', 'The XMPP stream was lost before the reply came.', {
    retryable: true,
    cause,
  });
}

function stopped(): NestanzaError {
  return new NestanzaError('NST_XMPP_OFFLINE', 'The connection was stopped before it was online.', { retryable: true });
}
