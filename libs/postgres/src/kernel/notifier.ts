import { errorText, type Log } from '@nestanza/core';
import { inTime } from './availability.js';
import { Connection } from './connection.js';
import { checkNotification } from './notification.js';
import { type Statement } from './statement.js';

const NOTIFY: Statement = {
  name: 'nst-notify',
  text: 'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) n(channel, payload)',
};

/** Different notifications that may wait; more are dropped, which the receivers' sweeps make good. */
const MOST_WAITING = 10_000;
const CLOSE_PATIENCE = 1_000;

/**
 * Sends notifications from a connection of its own: in the committing statement they would halve the throughput. One
 * statement is under way at a time; what gathers meanwhile goes together, equal ones once.
 */
export class Notifier {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #waiting = new Map<string, readonly [channel: string, payload: string]>();
  #sending: Promise<void> | undefined;

  constructor({ url, log }: { readonly url: string; readonly log: Log }) {
    this.#connection = new Connection({ url, log, name: 'nestanza notify' });
    this.#log = log;
  }

  /** @throws NestanzaError `NST_POSTGRES_NOTIFICATION` when it is too long */
  notify(channel: string, payload: string): void {
    checkNotification(channel, payload);
    if (this.#waiting.size >= MOST_WAITING) return;
    this.#waiting.set(`${channel}\0${payload}`, [channel, payload]);
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
  }

  /** What waits is sent if the server answers within a second; then the connection ends. */
  async close(): Promise<void> {
    if (this.#sending !== undefined) await inTime(this.#sending, CLOSE_PATIENCE);
    await this.#connection.close();
  }

  async #send(): Promise<void> {
    await new Promise(setImmediate); // the rest of this tick joins in
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values()];
      this.#waiting.clear();
      await this.#connection.up;
      try {
        await this.#connection.query(NOTIFY, [batch.map(([channel]) => channel), batch.map(([, payload]) => payload)]);
      } catch (error) {
        this.#log.debug('notifications lost', { count: batch.length, error: errorText(error) });
      }
    }
  }
}
