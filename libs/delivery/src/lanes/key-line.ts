import type { LaneRow } from './lane-row.js';

/** Rows of one key that wait in memory behind the first. */
export const CHAIN_LIMIT = 50;

/** Ids of the first and the last row of a key that were read but not kept. */
export interface SkippedRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The rows of one ordering key, in order: a head, which runs or waits for its next attempt, a chain in memory behind it,
 * and behind that a range of skipped rows that is read again when the chain has run empty.
 */
export class KeyLine {
  readonly lane: number;
  /** Id of the row that goes first. */
  #head: number;
  #blocked: boolean;
  #chain: LaneRow[] = [];
  #skipped: SkippedRange | undefined;

  constructor(head: LaneRow) {
    this.lane = head.lane;
    this.#head = head.id;
    this.#blocked = head.later;
  }

  /** What has to be read again before anything else of this key can run. */
  get missing(): SkippedRange | undefined {
    return this.#head === 0 ? this.#skipped : undefined;
  }

  /** The next row of the key came in: true when it is kept in memory, false when it was skipped. */
  accept(row: LaneRow): boolean {
    if (this.#blocked || this.#skipped !== undefined || row.later || this.#chain.length >= CHAIN_LIMIT) {
      this.#skipped = { first: this.#skipped?.first ?? row.id, last: row.id };
      return false;
    }
    this.#chain.push(row);
    return true;
  }

  /** The head is done: the row that goes first now, `'missing'` when it has to be read, `'over'` when nothing is left. */
  advance(): LaneRow | 'missing' | 'over' {
    const next = this.#chain.shift();
    this.#head = next?.id ?? 0;
    if (next !== undefined) return next;
    return this.#skipped === undefined ? 'over' : 'missing';
  }

  /** The head waits for its next attempt, and all others behind it. Returns the rows that need not be kept. */
  block(): readonly LaneRow[] {
    const released = this.#chain;
    this.#chain = [];
    this.#blocked = true;
    const first = released[0]?.id ?? this.#skipped?.first;
    const last = this.#skipped?.last ?? released.at(-1)?.id;
    if (first !== undefined && last !== undefined) this.#skipped = { first, last };
    return released;
  }

  /** The time of a waiting row has come: true when it is this key's head, which may run again. */
  unblock(id: number): boolean {
    if (!this.#blocked || this.#head !== id) return false;
    this.#blocked = false;
    return true;
  }

  /**
   * The rows of `range` were read again, at most `limit`. Returns the row that goes first now, if one may run, and the
   * rows kept behind it.
   */
  refill(
    range: SkippedRange,
    rows: readonly LaneRow[],
    limit: number,
  ): { head: LaneRow | undefined; kept: readonly LaneRow[] } {
    const rest = rows.findIndex((row, index) => index > 0 && (row.later || rows[0]?.later === true));
    const used = rest === -1 ? rows : rows.slice(0, rest);
    const [head, ...chain] = used;
    const next = rows[used.length]?.id ?? (rows.length < limit ? range.last + 1 : (rows.at(-1)?.id ?? range.last) + 1);
    const last = this.#skipped?.last ?? range.last;
    this.#skipped = next <= last ? { first: next, last } : undefined;
    this.#head = head?.id ?? 0;
    this.#blocked = head?.later ?? false;
    this.#chain = chain;
    return { head: this.#blocked ? undefined : head, kept: chain };
  }

  /** True when no row of the key is left to wait for. */
  get over(): boolean {
    return this.#head === 0 && this.#skipped === undefined;
  }
}
