import { type Element, type Jid, StreamError, type StreamErrorCondition } from '@nestanza/xmpp';

/** What carries a session's stanzas: a stream over TCP, or one inside the process. */
export interface SessionLink {
  send(stanza: Element): void;
  /** Stops and continues reading from the peer. */
  pause(): void;
  resume(): void;
  /** Ends the stream, with an error where one is given, after what was sent has left. */
  close(error?: StreamError): void;
}

/** Bound: has its resource, may send and receive. Ended: out of the index for good. */
export type SessionState = 'bound' | 'ended';

export interface SessionOptions {
  readonly jid: Jid;
  readonly link: SessionLink;
  /** Handles one stanza; a promise holds the next one back until it settles. Must not reject. */
  readonly handle: (session: Session, stanza: Element) => Promise<void> | undefined;
  /** Stanzas that may wait; at this bound the peer is not read. */
  readonly inboundQueue: number;
}

/** One connected resource of an account: from the moment it is bound until its stream is gone. */
export class Session {
  readonly jid: Jid;
  /** The last available presence it broadcast; `undefined` while it is not available. */
  presence: Element | undefined;
  /** It asked for the roster, so it gets roster pushes and subscription stanzas (RFC 6121 §2.1.6). */
  interested = false;
  /** Addresses it sent available presence to directly (RFC 6121 §4.6), oldest first. */
  readonly directed = new Set<string>();
  /** Keeps a stanza back where it answers `true`, to send it later by itself. */
  holdBack: ((stanza: Element) => boolean) | undefined;
  readonly #link: SessionLink;
  readonly #handle: SessionOptions['handle'];
  readonly #bound: number;
  #waiting: Element[] = [];
  #busy = false;
  #state: SessionState = 'bound';

  constructor({ jid, link, handle, inboundQueue }: SessionOptions) {
    this.jid = jid;
    this.#link = link;
    this.#handle = handle;
    this.#bound = inboundQueue;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Of its presence, −128 to 127; −∞ while it is not available. */
  get priority(): number {
    return this.presence === undefined ? Number.NEGATIVE_INFINITY : priorityOf(this.presence);
  }

  send(stanza: Element): void {
    if (this.#state === 'bound' && this.holdBack?.(stanza) !== true) this.#link.send(stanza);
  }

  /** Takes a stanza from the peer. Stanzas are handled one after the other, in order of arrival. */
  receive(stanza: Element): void {
    if (this.#state === 'ended') return;
    if (!this.#busy) return this.#run(stanza);
    this.#waiting.push(stanza);
    if (this.#waiting.length === this.#bound) this.#link.pause();
  }

  /** Ends the session for the peer; `end` follows from its stream. */
  close(condition?: StreamErrorCondition, text?: string): void {
    this.#link.close(condition && new StreamError(condition, text));
  }

  /** Marks it as gone: nothing is sent or handled any more. @returns false when it was ended already */
  end(): boolean {
    if (this.#state === 'ended') return false;
    this.#state = 'ended';
    this.#waiting = [];
    return true;
  }

  #run(stanza: Element): void {
    const handling = this.#handle(this, stanza);
    if (handling === undefined) return;
    this.#busy = true;
    void handling.then(() => this.#next());
  }

  #next(): void {
    this.#busy = false;
    if (this.#waiting.length >= this.#bound) this.#link.resume();
    while (!this.#busy && this.#waiting.length > 0) this.#run(this.#waiting.shift()!);
  }
}

/** RFC 6121 §4.7.2.3: an integer from −128 to 127, 0 where it is missing or no such number. */
export function priorityOf(presence: Element): number {
  const text = presence.childText('priority')?.trim() ?? '0';
  const priority = /^[+-]?\d{1,3}$/.test(text) ? Number(text) : 0;
  return priority >= -128 && priority <= 127 ? priority : 0;
}
