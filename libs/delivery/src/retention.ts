import { errorText, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Kernel, Statement } from '@nestanza/postgres/internal';
import { SingleFlight } from './single-flight.js';

/** How long an id is remembered, and the result of an idempotent call: longer than anything is redelivered. */
const RETENTION_DAYS = 7;

/** Rows of one statement. */
const BATCH = 5_000;

/** Milliseconds between two rounds. */
const INTERVAL = 600_000;

const purge = (table: string): Statement => ({
  name: `delivery.purge-${table}`,
  durable: false,
  text: `delete from ${table} where ctid = any(array(
      select ctid from ${table} where at < clock_timestamp() - make_interval(days => ${RETENTION_DAYS})
      limit ${BATCH})) returning 1 purged`,
});

const PURGES = [purge('inbox_seen'), purge('rpc_result')];

export interface RetentionOptions {
  readonly kernel: Kernel;
  /** Whether this process is the one that cleans up for its service. */
  readonly appointed: () => boolean;
  readonly log: Log;
  readonly clock?: Clock;
}

/** Forgets what is older than the retention, a batch at a time. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #rounds = new SingleFlight(() => this.#round());
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = (this.#options.clock ?? systemClock).after(INTERVAL, () => {
      void this.#rounds.request().then(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#rounds.idle();
  }

  async #round(): Promise<void> {
    if (!this.#options.appointed()) return;
    try {
      for (const statement of PURGES) {
        let purged = BATCH;
        while (purged === BATCH && !this.#stopped) {
          purged = (await this.#options.kernel.query(statement, [])).length;
        }
      }
    } catch (error) {
      this.#options.log.warn('Old ids could not be forgotten; the next round tries again.', {
        error: errorText(error),
      });
    }
  }
}
