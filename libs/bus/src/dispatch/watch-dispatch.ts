import { formatChannel } from '@nestanza/contracts';
import type { Log } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';
import type { Handler } from '../handlers/handler.js';
import { settle } from '../outcome.js';
import { Exchange } from '../pipeline/exchange.js';
import { restore, store } from '../stored-envelope.js';
import { running } from '../running-message.js';
import type { ReceivedItem, Transport } from '../transport.js';
import { Backlog } from './backlog.js';
import { logFailure } from './failure-log.js';

/** Items that wait for one watcher; of more, the oldest are dropped. */
const WATCH_BACKLOG = 1_000;

/** Follows a node live for one `@Watch` handler: in order, one at a time, nothing repeated. */
export class WatchDispatch {
  readonly #handler: Handler<'watch'>;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #backlog: Backlog;
  #unsubscribe: Unsubscribe | undefined;
  #dropped = 0;

  constructor(handler: Handler<'watch'>, log: Log) {
    this.#handler = handler;
    this.#log = log;
    this.#backlog = new Backlog(WATCH_BACKLOG, () => this.#drop());
  }

  start(transport: Transport): void {
    this.#unsubscribe = transport.subscribe(this.#handler.channel, {
      onItem: (item) => this.#backlog.add(() => this.#handle(item)),
      onSubscribed: () => undefined,
    });
  }

  /** Takes no new item; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#abort.abort();
    await this.#backlog.close();
  }

  async #handle(item: ReceivedItem): Promise<void> {
    const { channel, declaration, pipeline } = this.#handler;
    const { format = 'auto' } = declaration.options;
    const type = declaration.contract?.type ?? channel.name.replaceAll('/', '.');
    const stored = store(item, { format, type });
    const exchange = new Exchange(() => restore(stored.envelope).read(), {
      channel,
      sender: item.service,
      publisher: item.publisher,
      item: item.id,
      signal: this.#abort.signal,
    });
    try {
      await running(exchange, () => pipeline.run(exchange));
    } catch (thrown) {
      logFailure(this.#log, this.#handler, {
        id: stored.id,
        settlement: settle(thrown),
        end: 'dropped: a watcher sees each message once',
      });
    }
  }

  /** Told at the first and then at every thousandth, so that the log is not the next thing to overflow. */
  #drop(): void {
    if (this.#dropped++ % WATCH_BACKLOG === 0) {
      this.#log.warn('A watcher is slower than its channel; the oldest waiting messages are dropped.', {
        handler: this.#handler.place,
        channel: formatChannel(this.#handler.channel),
        dropped: this.#dropped,
      });
    }
  }
}
