import { errorText, type Clock, type Log, type Timer } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import type { DataSource } from 'typeorm';
import { dropExpired, dueTimers, nextTimer, postponeTimer, type DueTimer } from '../store/saga-timers.js';
import type { Sql } from '../store/sql.js';
import type { SagaDefinition } from './saga-definition.js';
import { SagaInstance } from './saga-instance.js';

export interface SagaTimersOptions {
  readonly sql: Sql;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly log: Log;
}

const INTERVAL = 1_000;
/** A timer of the runtime may fire so many milliseconds early. */
const SLACK = 2;
/** Every so many rounds what has expired is dropped. */
const EXPIRY_ROUNDS = 60;

/** Brings timeouts to their instances, each in a transaction of its own, within a second or when the next is due. */
export class SagaTimers {
  readonly #options: SagaTimersOptions;
  readonly #sagas: ReadonlyMap<string, SagaDefinition>;
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #working = false;
  #rounds = 0;

  constructor(sagas: readonly SagaDefinition[], options: SagaTimersOptions) {
    this.#sagas = new Map(sagas.map((saga) => [saga.name, saga]));
    this.#options = options;
  }

  start(): void {
    if (this.#sagas.size === 0) return;
    this.#working = true;
    this.hurry();
  }

  /** Resolves when no timeout is being handled any more. */
  async stop(): Promise<void> {
    this.#working = false;
    this.#timer?.cancel();
    await this.#round;
  }

  /** Looks at once. */
  hurry(): void {
    if (!this.#working) return;
    if (this.#round !== undefined) {
      this.#again = true;
      return;
    }
    this.#timer?.cancel();
    this.#again = false;
    this.#round = this.#look().then((next) => {
      this.#round = undefined;
      if (!this.#working) return;
      if (this.#again) this.hurry();
      else this.#timer = this.#options.clock.after(Math.min(INTERVAL, Math.max(0, next) + SLACK), () => this.hurry());
    });
  }

  /** Milliseconds until the next round. Never rejects. */
  async #look(): Promise<number> {
    const { sql, log } = this.#options;
    const names = [...this.#sagas.keys()];
    try {
      for (const timer of await dueTimers(sql, names)) await this.#fire(timer);
      if (this.#rounds++ % EXPIRY_ROUNDS === 0) {
        const expired = await dropExpired(sql, names);
        if (expired > 0) log.warn('messages for sagas expired: no state took them in time', { messages: expired });
      }
      return (await nextTimer(sql, names)) ?? INTERVAL;
    } catch (error) {
      log.warn('timeouts of sagas could not be read, the next round tries again', { error: errorText(error) });
      return INTERVAL;
    }
  }

  async #fire({ saga: name, key, timer }: DueTimer): Promise<void> {
    const { dataSource, sql, log } = this.#options;
    const saga = this.#sagas.get(name);
    if (saga === undefined) return;
    try {
      await runInTransaction(dataSource, async (tx) => (await SagaInstance.lock(tx, saga, key)).timeOut(timer));
    } catch (error) {
      log.warn('a timeout of a saga failed, it is tried again', { saga: name, key, timer, error: errorText(error) });
      await postponeTimer(sql, { saga: name, key, timer });
    }
  }
}
