import { type Log, uniqueId } from '@nestanza/core';
import type { Connection, Element, Unsubscribe } from '@nestanza/xmpp';
import type { DurableDelivery, TransactionHandle } from '../delivery.port.js';
import { Gate } from '../dispatch/gate.js';
import { logFailure } from '../dispatch/failure-log.js';
import type { Handler } from '../handlers/handler.js';
import { Message } from '../message.js';
import { settle } from '../outcome.js';
import { Exchange } from '../pipeline/exchange.js';
import { running } from '../running-message.js';
import type { CallEncoding, ReceivedCall } from './call-encoding.js';
import { callFailure } from './call-failure.js';

export interface ResponderOptions {
  readonly connection: Connection;
  readonly log: Log;
  /** Makes calls of idempotent contracts happen once; absent: they are merely run. */
  readonly delivery: DurableDelivery | undefined;
  /** Calls that run at once; more are refused as busy. */
  readonly inflight: number;
  readonly encodings: readonly CallEncoding[];
}

/** Answers calls by the `@Respond` handlers, in every encoding. Always answers. */
export class Responder {
  readonly #methods: ReadonlyMap<string, Handler<'respond'>>;
  readonly #options: ResponderOptions;
  readonly #gate: Gate;
  readonly #abort = new AbortController();
  #release: readonly Unsubscribe[] = [];

  constructor(handlers: readonly Handler<'respond'>[], options: ResponderOptions) {
    this.#methods = new Map(handlers.map((handler) => [handler.channel.name, handler]));
    this.#options = options;
    this.#gate = new Gate(options.inflight);
  }

  start(): void {
    const { connection, encodings } = this.#options;
    this.#release = encodings.map((encoding) =>
      connection.onIq('set', encoding.request, (iq) => this.#answer(encoding, iq)),
    );
  }

  /** Takes no new call; resolves when the running ones have been answered. */
  async stop(): Promise<void> {
    for (const release of this.#release) release();
    await this.#gate.idle();
    this.#abort.abort();
  }

  async #answer(encoding: CallEncoding, iq: Element): Promise<Element> {
    return (
      this.#gate.tryRun(() => this.#handle(encoding, iq)) ??
      encoding.failure({ reason: 'busy', code: 'NST_BUS_BUSY', text: 'Too many calls at once; try again.' })
    );
  }

  async #handle(encoding: CallEncoding, iq: Element): Promise<Element> {
    let call: ReceivedCall;
    try {
      call = encoding.readCall(iq);
    } catch (thrown) {
      return encoding.failure(callFailure(settle(thrown)));
    }
    const handler = this.#methods.get(call.method);
    if (handler === undefined) {
      const text = `This service does not serve "${call.method}".`;
      return encoding.failure({ reason: 'unknown-method', code: 'NST_BUS_UNKNOWN_METHOD', text });
    }
    const id = call.key ?? uniqueId();
    try {
      return encoding.result(await this.#run(handler, call, { iq, id }));
    } catch (thrown) {
      const settlement = settle(thrown);
      logFailure(this.#options.log, handler, { id, settlement, end: 'answered with an error' });
      return encoding.failure(callFailure(settlement));
    }
  }

  /** The result as JSON text. */
  #run(handler: Handler<'respond'>, call: ReceivedCall, { iq, id }: { iq: Element; id: string }): Promise<string> {
    const { delivery } = this.#options;
    const { contract } = handler.declaration;
    const caller = iq.attr('from') ?? '';
    const bare = caller.split('/', 1)[0]!;
    const work = async (tx?: TransactionHandle): Promise<string> => {
      const read = () =>
        Message.create({ id, source: `xmpp:${bare}`, type: handler.channel.name }, call.body(contract));
      const exchange = new Exchange(read, {
        channel: handler.channel,
        sender: caller,
        signal: this.#abort.signal,
        stanza: iq,
        tx,
      });
      const result = await running(exchange, () => handler.pipeline.run(exchange));
      return JSON.stringify(result ?? null);
    };
    if (contract?.idempotent !== true || delivery === undefined) return work();
    return delivery.once({ caller: bare, method: call.method, key: id }, work);
  }
}
