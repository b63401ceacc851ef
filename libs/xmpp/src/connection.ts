import type { Duration } from '@nestanza/core';
import type { Jid } from './jid.js';
import type { Element } from './xml/element.js';

/** Where a connection stands; a value, never a guess. */
export type ConnectionStatus =
  | { readonly state: 'offline' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'online'; readonly jid: Jid; readonly resumed: boolean }
  | { readonly state: 'waiting'; readonly error: Error; readonly retryAt: number }
  | { readonly state: 'failed'; readonly error: Error };

export type Unsubscribe = () => void;

export interface RequestOptions {
  /** How long to wait for the reply. Default `'30s'`. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
}

/** What an IQ handler answers: the payload of the result, or nothing for an empty result. Throw a `StanzaError` to refuse. */
export type IqHandler = (iq: Element) => Element | undefined | Promise<Element | undefined>;

/**
 * A stream that carries stanzas for one address: a client's (RFC 6120), a component's (XEP-0114), or a driver over
 * another library's. Everything above the stream (bus, service engines, command line) uses this and nothing else.
 * Stanzas have content namespace `jabber:client` here, whatever the stream's own is.
 *
 * Promises: stanzas leave in the order of `send`; inbound stanzas reach listeners in the order of arrival, one at a
 * time; an unclaimed IQ request is answered `service-unavailable`. Does not promise: that what `send` took reached
 * anybody — only a reply shows that.
 */
export interface Connection {
  readonly status: ConnectionStatus;
  /** Own address: full JID of a client once online, the domain of a component. `undefined` before the first online. */
  readonly jid: Jid | undefined;

  /**
   * Connects and keeps connected, with backoff, until `stop`. Resolves on the first `online`.
   * @throws NestanzaError when the failure is final (`NST_XMPP_AUTH`, `NST_XMPP_CERTIFICATE`, …)
   */
  start(): Promise<void>;
  /** Sends what is queued, closes the stream and ends reconnecting. Idempotent. */
  stop(): Promise<void>;

  /**
   * Queues a stanza; everything queued in one tick leaves in one write.
   * @throws NestanzaError `NST_XMPP_OFFLINE` (retryable) while there is no stream
   */
  send(stanza: Element): void;
  /** Resolves when the send queue is below its high-water mark. */
  drained(): Promise<void>;
  /**
   * Sends an IQ request and resolves with the whole result IQ. Only a reply of this id from the address asked counts.
   * An `id` is set where missing.
   * @throws StanzaError when answered with an error
   * @throws NestanzaError `NST_XMPP_TIMEOUT`, `NST_XMPP_OFFLINE`, `NST_XMPP_DISCONNECTED` (all retryable; after the last two the request may have been handled)
   */
  request(iq: Element, options?: RequestOptions): Promise<Element>;

  /** Calls the listener synchronously at every change. */
  onStatus(listener: (status: ConnectionStatus) => void): Unsubscribe;
  /** Calls listeners in order of registration for messages and presence; the first to return `true` claims the stanza. */
  onStanza(listener: (stanza: Element) => boolean | void): Unsubscribe;
  /**
   * Answers IQ requests whose payload has this name and namespace. A thrown `StanzaError` is the reply; anything else
   * becomes `internal-server-error` without its text.
   */
  onIq(
    type: 'get' | 'set',
    payload: { readonly name: string; readonly xmlns: string },
    handler: IqHandler,
  ): Unsubscribe;
}
