import type { Channel } from '@nestanza/contracts';
import type { Element } from '@nestanza/xmpp';
import type { TransactionHandle } from './delivery.port.js';
import type { Message } from './message.js';

/** Facts from which a context is made. */
export interface MessageContextFacts {
  readonly channel: Channel;
  readonly message: Message;
  readonly sender: string;
  readonly publisher?: string;
  readonly item?: string;
  readonly attempt?: number;
  readonly signal: AbortSignal;
  readonly tx?: TransactionHandle;
  readonly stanza?: Element;
}

/** What surrounds one message, given to a handler by `@Ctx()` and to guards, interceptors and filters by `switchToRpc().getContext()`. */
export class MessageContext {
  readonly channel: Channel;
  readonly message: Message;
  /** Bare JID that the stream authenticated: a direct sender's, or the PubSub service's. Full for a request. */
  readonly sender: string;
  /** Bare JID of the publisher, only where the PubSub service stamped it. */
  readonly publisher: string | undefined;
  /** PubSub item id. */
  readonly item: string | undefined;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Aborts when the result is no longer wanted: drain deadline, lost lane, expired request. */
  readonly signal: AbortSignal;
  /** The handler's own transaction; read it by `@Tx()` of @nestanza/delivery. */
  readonly tx: TransactionHandle | undefined;
  /** The stanza itself, for direct messages, presence and requests. */
  readonly stanza: Element | undefined;

  constructor(facts: MessageContextFacts) {
    this.channel = facts.channel;
    this.message = facts.message;
    this.sender = facts.sender;
    this.publisher = facts.publisher;
    this.item = facts.item;
    this.attempt = facts.attempt ?? 1;
    this.signal = facts.signal;
    this.tx = facts.tx;
    this.stanza = facts.stanza;
  }

  /** CloudEvents id: stable over retries. */
  get id(): string {
    return this.message.id;
  }
}
