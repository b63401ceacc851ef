import { errorText, type Clock, type Log, type Timer } from '@nestanza/core';
import { outcomesOf, type RunOutcome } from './store/outcome.js';
import type { Sql } from './store/sql.js';

export interface OutcomeWatchOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
}

/** Gets the outcome, or `undefined` when this process stops watching. */
export type OutcomeListener = (outcome: RunOutcome | undefined) => void;

/** Between looks at runs that other processes may end. */
const INTERVAL = 250;

/** Tells who waits for a run that it has ended: at once if it ends here, else within a quarter of a second. */
export class OutcomeWatch {
  readonly #options: OutcomeWatchOptions;
  readonly #waiting = new Map<string, Set<OutcomeListener>>();
  #timer: Timer | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(options: OutcomeWatchOptions) {
    this.#options = options;
  }

  /** Calls `listener` once, when the run has ended or nobody watches any more; the returned function calls that off. */
  watch(run: string, listener: OutcomeListener): () => void {
    if (this.#closed) {
      listener(undefined);
      return () => undefined;
    }
    const listeners = this.#waiting.get(run) ?? new Set();
    this.#waiting.set(run, listeners.add(listener));
    this.look();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#waiting.delete(run);
    };
  }

  /** A run has ended here. */
  ended(run: string): void {
    if (this.#waiting.has(run)) this.look();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const listeners of this.#waiting.values()) for (const listener of listeners) listener(undefined);
    this.#waiting.clear();
  }

  look(): void {
    if (this.#looking) this.#again = true;
    else if (!this.#closed && this.#waiting.size > 0) void this.#look();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    this.#timer?.cancel();
    this.#looking = true;
    this.#again = false;
    try {
      const outcomes = await outcomesOf(this.#options.sql, [...this.#waiting.keys()]);
      for (const outcome of outcomes) {
        const listeners = this.#waiting.get(outcome.id) ?? [];
        this.#waiting.delete(outcome.id);
        for (const listener of listeners) listener(outcome);
      }
    } catch (error) {
      this.#options.log.debug('outcomes of workflow runs could not be read', { error: errorText(error) });
    }
    this.#looking = false;
    if (this.#again) this.look();
    else if (!this.#closed && this.#waiting.size > 0)
      this.#timer = this.#options.clock.after(INTERVAL, () => this.look());
  }
}
