import { type Log, uniqueId } from '@nestanza/core';
import { type Connection, type Element, errorReply, receiptFor, StanzaError, type Unsubscribe } from '@nestanza/xmpp';
import { decode } from '../codec.js';
import { isJsonContainer } from '../codecs/json-container.js';
import type { Handler } from '../handlers/handler.js';
import { settle } from '../outcome.js';
import { Exchange } from '../pipeline/exchange.js';
import { running } from '../running-message.js';
import type { Settlement } from '../settlement.js';
import { directPayload, isAutomatic, isDirect, wordsTo } from './direct-message.js';
import { logFailure } from './failure-log.js';
import { Gate } from './gate.js';

export interface MessageDispatchOptions {
  readonly connection: Connection;
  readonly log: Log;
  /** Messages handled at once; more are refused with `resource-constraint`. */
  readonly inflight: number;
}

/** Gives direct messages to the `@OnMessage` handler, and its answer back to who wrote. */
export class MessageDispatch {
  readonly #handler: Handler<'message'>;
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #gate: Gate;
  readonly #abort = new AbortController();
  #release: Unsubscribe | undefined;

  constructor(handler: Handler<'message'>, { connection, log, inflight }: MessageDispatchOptions) {
    this.#handler = handler;
    this.#connection = connection;
    this.#log = log;
    this.#gate = new Gate(inflight);
  }

  start(): void {
    this.#release = this.#connection.onStanza((stanza) => isDirect(stanza) && this.#receive(stanza));
  }

  /** Takes no new message; resolves when the running ones have been answered. */
  async stop(): Promise<void> {
    this.#release?.();
    await this.#gate.idle();
    this.#abort.abort();
  }

  #receive(message: Element): boolean {
    // What a service says to itself, or an answer without a writer, concerns no handler.
    if (message.attr('from') === undefined) return false;
    if (this.#gate.tryRun(() => this.#handle(message)) === undefined) {
      this.#reply(
        errorReply(
          message,
          new StanzaError('resource-constraint', { text: 'Too many messages at once; try again later.' }),
        ),
      );
    }
    return true;
  }

  async #handle(stanza: Element): Promise<void> {
    const { channel, pipeline } = this.#handler;
    const from = stanza.attr('from')!;
    const id = stanza.attr('id') ?? uniqueId();
    const sender = from.split('/', 1)[0]!;
    const exchange = new Exchange(
      () => decode(directPayload(stanza), { sender, id, type: 'nestanza.message.v1' }).message,
      {
        channel,
        sender,
        signal: this.#abort.signal,
        stanza,
      },
    );
    try {
      const result = await running(exchange, () => pipeline.run(exchange));
      // XEP-0184: who asks is told now, when the handler and its transactions are over, and not at the arrival.
      const receipt = receiptFor(stanza);
      if (receipt !== undefined) this.#reply(receipt);
      if (typeof result === 'string' && result !== '' && !isAutomatic(stanza)) this.#reply(wordsTo(stanza, result));
    } catch (thrown) {
      const settlement = settle(thrown);
      logFailure(this.#log, this.#handler, { id, settlement, end: 'answered with an error' });
      if (!isAutomatic(stanza)) this.#reply(refusal(stanza, settlement, id));
    }
  }

  /** Answering is best effort: where the stream is gone, nobody waits any more. */
  #reply(stanza: Element): void {
    try {
      this.#connection.send(stanza);
    } catch (error) {
      this.#log.warn('An answer could not be sent.', { to: stanza.attr('to'), error });
    }
  }
}

/** A person gets words; a program, which sent a JSON container, an error stanza with the code. */
function refusal(stanza: Element, settlement: Settlement, id: string): Element {
  const rejected = settlement.outcome === 'reject' ? settlement : undefined;
  const words = rejected?.reason ?? `That did not work, and the fault is on this side. Reference: ${id}`;
  if (!stanza.elements().some(isJsonContainer)) return wordsTo(stanza, words);
  return errorReply(
    stanza,
    rejected === undefined
      ? new StanzaError('internal-server-error', { text: words })
      : new StanzaError('not-acceptable', { text: words, appCode: rejected.code }),
  );
}
