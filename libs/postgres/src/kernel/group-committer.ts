import { NestanzaError } from '@nestanza/core';
import { sqlState } from '../sql-state.js';

export interface GroupCommitterOptions<Item, Result> {
  /**
   * Commits the items in one statement and gives their results in the same order. When it rejects nothing was committed,
   * unless the error is a retryable `NestanzaError`: then nobody knows. Called again after a serialization failure or a
   * deadlock (SQLSTATE 40001, 40P01).
   */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items of one statement; default 200. */
  readonly maxBatch?: number;
  /** Statements under way at a time; default 2. With 1, items are committed in the order of their submission. */
  readonly lanes?: number;
}

interface Submission<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

const DEFAULTS = { maxBatch: 200, lanes: 2 } as const;
/** Tries of a statement that lost against another transaction. */
const MOST_TRIES = 4;
/** Items that may wait; more are refused. */
const MOST_WAITING = 50_000;

/**
 * Turns single writes into statements of many rows, for the price of one commit. Who is alone does not wait: with
 * nothing under way, items go at the end of the running code; otherwise they gather until a lane is free and the tick
 * ends. When a statement fails, its items are committed in halves until each failure is one item's own.
 */
export class GroupCommitter<Item, Result> {
  readonly #commit: GroupCommitterOptions<Item, Result>['commit'];
  readonly #maxBatch: number;
  readonly #lanes: number;
  #waiting: Submission<Item, Result>[] = [];
  #underWay = 0;
  #flushing = false;

  constructor({ commit, maxBatch, lanes }: GroupCommitterOptions<Item, Result>) {
    this.#commit = commit;
    this.#maxBatch = maxBatch ?? DEFAULTS.maxBatch;
    this.#lanes = lanes ?? DEFAULTS.lanes;
  }

  /**
   * The item's result, once it is committed.
   * @throws (rejection) what `commit` rejects with for this item alone, or for all of its statement if that is a
   * retryable NestanzaError; NestanzaError `NST_POSTGRES_COMMITTER_FULL`, retryable, when 50,000 items wait
   */
  submit(item: Item): Promise<Result> {
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(
        new NestanzaError('NST_POSTGRES_COMMITTER_FULL', `${MOST_WAITING} writes wait for the database.`, {
          retryable: true,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#flushing || this.#waiting.length === 0 || this.#underWay >= this.#lanes) return;
    this.#flushing = true;
    const flush = () => {
      this.#flushing = false;
      while (this.#waiting.length > 0 && this.#underWay < this.#lanes) {
        void this.#run(this.#waiting.splice(0, this.#maxBatch));
      }
    };
    if (this.#underWay === 0) queueMicrotask(flush);
    else setImmediate(flush);
  }

  async #run(batch: readonly Submission<Item, Result>[]): Promise<void> {
    this.#underWay++;
    await this.#settle(batch);
    this.#underWay--;
    this.#schedule();
  }

  /** Never rejects. */
  async #settle(batch: readonly Submission<Item, Result>[], tries = 1): Promise<void> {
    try {
      const results = await this.#commit(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw resultCount(results.length, batch.length);
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (lostARace(error) && tries < MOST_TRIES) return this.#settle(batch, tries + 1);
      if (batch.length === 1 || concernsAll(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#settle(batch.slice(0, middle));
      await this.#settle(batch.slice(middle));
    }
  }
}

/** Trouble with the database or with `commit` itself is no item's own. */
function concernsAll(error: unknown): boolean {
  return error instanceof NestanzaError && (error.retryable || error.code === 'NST_POSTGRES_COMMIT_RESULTS');
}

function lostARace(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

function resultCount(results: number, items: number): NestanzaError {
  return new NestanzaError('NST_POSTGRES_COMMIT_RESULTS', `A commit of ${items} items gave ${results} results.`, {
    facts: { results, items },
  });
}
