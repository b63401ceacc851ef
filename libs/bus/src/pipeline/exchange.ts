import type { Message } from '../message.js';
import { MessageContext, type MessageContextFacts } from '../message-context.js';

/** One message on its way through a handler's pipeline. */
export class Exchange {
  /** Reads the message. @throws Reject when it cannot be read */
  readonly read: () => Message;
  readonly #facts: Omit<MessageContextFacts, 'message'>;
  #context: MessageContext | undefined;
  #payload: unknown;

  constructor(read: () => Message, facts: Omit<MessageContextFacts, 'message'>) {
    this.read = read;
    this.#facts = facts;
  }

  /** Set by the decode step, which is always the first. */
  get context(): MessageContext {
    if (this.#context === undefined) throw new Error('The exchange has not been decoded yet.');
    return this.#context;
  }

  /** The decoded message; `undefined` until then. */
  get message(): Message | undefined {
    return this.#context?.message;
  }

  /** What the handler gets as its first parameter: the body, as the latest step left it. */
  get payload(): unknown {
    return this.#payload;
  }

  decoded(message: Message): void {
    this.#context = new MessageContext({ ...this.#facts, message });
    this.#payload = message.body;
  }

  validated(payload: unknown): void {
    this.#payload = payload;
  }
}
