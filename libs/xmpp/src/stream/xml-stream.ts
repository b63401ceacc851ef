import { NestanzaError, systemClock, toError, type Clock, type Timer } from '@nestanza/core';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { NS_STREAMS } from '../namespaces.js';
import type { Element } from '../xml/element.js';
import { NEGOTIATION_LIMITS, type XmlLimits } from '../xml/limits.js';
import type { XmlParser } from '../xml/parser.js';
import { XmlScanner } from '../xml/scanner.js';
import { serialize } from '../xml/serializer.js';
import { openingTag, type StreamHeader } from './opening-tag.js';
import { StreamError } from './stream-error.js';
import { StreamWriter } from './stream-writer.js';
import { UnreadElements } from './unread-elements.js';

/** The peer has this long to close its half after we closed ours. */
const CLOSE_GRACE = 2_000;

/** Who reads a stream once negotiation is over. Called synchronously, in the order of arrival. */
export interface StreamListener {
  onElement(element: Element): void;
  /** Called once, last. `error` is absent where the peer or we closed in good order. */
  onClosed(error: Error | undefined): void;
}

export interface XmlStreamOptions {
  /** Content namespace: `jabber:client`, `jabber:component:accept`. */
  readonly namespace: string;
  readonly limits?: XmlLimits;
  /** Bytes that may wait to be written. Default 8 MiB; beyond, `send` throws. */
  readonly queueBytes?: number;
  readonly clock?: Clock;
}

/**
 * One XML stream over one transport (RFC 6120 §4), for either side. During negotiation elements are pulled with `next`
 * and the transport is read no further than asked; `listen` then turns it into a flow.
 *
 * Never throws from transport events: whatever goes wrong ends the stream, with the RFC's stream error on the wire
 * where the peer broke a rule, and reaches `next` or the listener once.
 */
export class XmlStream {
  readonly namespace: string;
  readonly #clock: Clock;
  readonly #writer: StreamWriter;
  #transport: Duplex;
  #limits: XmlLimits;
  #parser: XmlParser;
  readonly #unread = new UnreadElements();
  #listener: StreamListener | undefined;
  #headerSent = false;
  #peerClosed = false;
  #closing: StreamError | 'orderly' | undefined;
  #grace: Timer | undefined;
  #ended: { readonly error: Error | undefined } | undefined;
  #bytesRead = 0;
  #upgrading = false;

  constructor(transport: Duplex, options: XmlStreamOptions) {
    this.namespace = options.namespace;
    this.#clock = options.clock ?? systemClock;
    this.#limits = options.limits ?? NEGOTIATION_LIMITS;
    this.#transport = transport;
    this.#writer = new StreamWriter(transport, options.queueBytes);
    this.#parser = this.#newParser();
    this.#attach();
  }

  /** True once TLS stands. */
  get secure(): boolean {
    return this.#transport instanceof TLSSocket;
  }

  /** True when nothing more will be read or written. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Bytes received on this transport so far: a peer that is silent for long shows by it. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Writes our stream header (§4.7). */
  open(header: StreamHeader): void {
    this.#headerSent = true;
    this.#writer.append(openingTag(header, this.namespace));
  }

  /**
   * The next element; the peer's header counts as one. Only before `listen`, one call at a time.
   * @throws StreamError that ended the stream, or NestanzaError `NST_XMPP_DISCONNECTED`
   */
  next(): Promise<Element> {
    const waiting = this.#unread.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    if (this.#ended !== undefined) return Promise.reject(this.#ended.error ?? disconnected());
    this.#transport.resume();
    return this.#unread.wait();
  }

  /** Forgets what was read: the next byte begins a new stream (§4.3.3, after TLS and after SASL). */
  restart(): void {
    this.#parser.stop();
    this.#parser = this.#newParser();
    this.#unread.drain();
    this.#headerSent = false;
  }

  /**
   * Moves the stream onto the transport that `wrap` makes of the present one, and restarts. Whatever the peer sent
   * before that moment is forgotten unread (§5.4.3.3), so nothing slips from plaintext into the secured stream.
   */
  async upgrade(wrap: (plain: Duplex) => Promise<Duplex>): Promise<void> {
    const plain = this.#transport;
    this.#writer.flush();
    this.#parser.stop();
    plain.pause();
    plain.off('data', this.#onData);
    // Until TLS stands, `wrap` tells what becomes of the transport.
    plain.off('end', this.#onClose);
    plain.off('close', this.#onClose);
    this.#upgrading = true;
    const secured = await wrap(plain).catch((error: unknown) => {
      this.#end(toError(error));
      throw this.#ended?.error ?? error;
    });
    this.#upgrading = false;
    if (this.#ended !== undefined) {
      secured.destroy();
      throw this.#ended.error ?? disconnected();
    }
    this.#transport = secured;
    this.#writer.attach(secured);
    this.restart();
    this.#attach();
  }

  /** Hands every element from now on to `listener`, those already there first. */
  listen(listener: StreamListener): void {
    const ended = this.#ended;
    this.#listener = listener;
    this.#guarded(() => {
      for (const element of this.#unread.drain()) if (this.#ended === ended) listener.onElement(element);
    });
    if (ended === undefined) this.resume();
    else listener.onClosed(ended.error);
  }

  /** Bounds for what the peer sends from now on, having authenticated. */
  allow(limits: XmlLimits): void {
    this.#limits = limits;
    this.#unread.unbound();
  }

  /** Reads no further until `resume`; the peer feels it as backpressure. */
  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    if (this.#ended === undefined) this.#transport.resume();
  }

  /**
   * Queues an element; all of one tick leave in one write.
   * @throws NestanzaError `NST_XMPP_CHARACTER`, `NST_XMPP_NAME` (nothing of it is sent), `NST_XMPP_QUEUE_FULL`,
   * `NST_XMPP_DISCONNECTED`; StreamError that ended the stream
   */
  send(element: Element): void {
    this.write(serialize(element, this.namespace));
  }

  /** Queues text that is XML already, such as a stanza serialised once for many receivers. Throws as `send` does. */
  write(text: string): void {
    if (this.#ended !== undefined || this.#closing !== undefined) throw this.#ended?.error ?? disconnected();
    this.#writer.write(text);
  }

  /** Resolves when little waits to be written, or the stream has ended. */
  drained(): Promise<void> {
    return this.#writer.drained();
  }

  /**
   * Sends what is queued and the end tag, then waits for the peer's end tag, 2 s at most (§4.4). With an error, that
   * goes first and nothing is waited for (§4.9.1.1), nor before `listen`. Idempotent; the listener hears of the end.
   */
  close(error?: StreamError): void {
    if (this.#closing !== undefined || this.#ended !== undefined) return;
    // Nothing may be said in between: the plaintext is over, and TLS not yet there.
    if (this.#upgrading) return this.destroy(error);
    this.#closing = error ?? 'orderly';
    this.#sayGoodbye(error);
    if (this.#peerClosed || error !== undefined || this.#listener === undefined) return this.#end(error);
    this.#transport.resume();
    this.#grace = this.#clock.after(CLOSE_GRACE, () => this.#end(undefined));
  }

  /** Cuts the transport at once. Idempotent. */
  destroy(error?: Error): void {
    this.#end(error ?? disconnected());
    this.#transport.destroy();
  }

  #newParser(): XmlParser {
    const events = {
      onHeader: (header: Element, namespace: string) => this.#onHeader(header, namespace),
      onElement: (element: Element) => this.#onElement(element),
      onEnd: () => this.#onPeerClosed(),
    };
    return new XmlScanner(events, () => this.#limits);
  }

  readonly #onData = (bytes: Uint8Array): void => {
    this.#bytesRead += bytes.length;
    if (this.#ended === undefined) this.#guarded(() => this.#parser.write(bytes));
  };
  readonly #onClose = (): void => this.#end(this.#orderlyEnd() ? undefined : disconnected());
  readonly #onError = (error: Error): void => this.#end(disconnected(error));

  #attach(): void {
    const transport = this.#transport;
    transport.on('data', this.#onData);
    transport.on('end', this.#onClose);
    transport.on('close', this.#onClose);
    transport.on('error', this.#onError);
    transport.pause();
  }

  /** What a listener throws, or the parser finds wrong, ends the stream and goes no further. */
  #guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.close(
        error instanceof StreamError ? error : new StreamError('internal-server-error', undefined, { cause: error }),
      );
    }
  }

  #orderlyEnd(): boolean {
    return this.#peerClosed || this.#closing === 'orderly';
  }

  #onHeader(header: Element, namespace: string): void {
    // §4.8.1, §4.8.2: the content namespace may also be declared stanza by stanza; another one is another protocol.
    const known = namespace === '' || namespace === NS_STREAMS || namespace === this.namespace;
    if (!header.is('stream', NS_STREAMS) || !known) throw new StreamError('invalid-namespace');
    this.#deliver(header);
  }

  #onElement(element: Element): void {
    if (!element.is('error', NS_STREAMS)) return this.#deliver(element);
    // §4.9.1.1: unrecoverable, and closed by the peer.
    if (this.#closing === undefined) {
      this.#closing = 'orderly';
      this.#sayGoodbye(undefined);
    }
    this.#end(StreamError.fromElement(element));
  }

  #deliver(element: Element): void {
    if (this.#listener !== undefined) return this.#listener.onElement(element);
    if (this.#unread.push(element)) this.#transport.pause();
  }

  #sayGoodbye(error: StreamError | undefined): void {
    // §4.9.1.2: a fault of the peer's header is answered inside a stream of our own.
    if (!this.#headerSent) this.open({ id: randomBytes(12).toString('hex') });
    if (error !== undefined) this.#writer.append(serialize(error.toElement(), this.namespace));
    this.#writer.append('</stream:stream>');
    this.#writer.flush();
  }

  #onPeerClosed(): void {
    this.#peerClosed = true;
    this.close();
    this.#end(undefined);
  }

  /** The one place where a stream ends. */
  #end(error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#grace?.cancel();
    this.#parser.stop();
    this.#writer.stop();
    if (this.#closing === undefined) this.#transport.destroy();
    else this.#hangUp();
    this.#unread.fail(error ?? disconnected());
    this.#listener?.onClosed(error);
  }

  /** Lets what was written leave, and reads on meanwhile: closing over unread bytes would reset the connection. */
  #hangUp(): void {
    const transport = this.#transport;
    if (transport.destroyed) return;
    const grace = this.#clock.after(CLOSE_GRACE, () => transport.destroy());
    transport.once('close', () => grace.cancel());
    transport.end();
    transport.resume();
  }
}

function disconnected(cause?: Error): NestanzaError {
  return new NestanzaError('NST_XMPP_DISCONNECTED', 'The connection to the XMPP peer is lost.', {
    retryable: true,
    cause,
  });
}
