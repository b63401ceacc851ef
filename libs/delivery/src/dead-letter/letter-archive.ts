import { pause, systemClock, type Clock } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { DeadLetter } from '../schema/dead-letter.entity.js';
import { editedMessage, type LetterEdit } from './edited-envelope.js';
import { filterValues, type DeadLetterFilter, type DeadLetterPage } from './letter-filter.js';
import { DISCARD, LETTER, LETTER_GROUPS, LETTER_IDS, LETTERS, NEWEST_LETTER } from './letter-statements.js';
import { toDeadLetter, type RawDeadLetter } from './raw-dead-letter.js';
import { replayLetter, type Replayed } from './replay.js';

/** Dead letters of one handler with one code. */
export interface DeadLetterGroup {
  readonly service: string;
  readonly handler: string;
  readonly code: string;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** How many letters at once, and how fast. */
export interface BulkOptions {
  /** Letters a second. Default 100. */
  readonly rate?: number;
  /** Ends it after the letter in hand. */
  readonly signal?: AbortSignal;
}

export interface LetterArchiveOptions {
  readonly kernel: Kernel;
  /** Whose letters; by default those of every service of the database. */
  readonly service?: string;
  readonly onReplayed?: (replayed: Replayed, letter: string) => void;
  readonly onDiscarded?: (letter: string) => void;
  readonly clock?: Clock;
}

const PAGE = { default: 50, most: 500 } as const;
const RATE = 100;

/** Dead letters to look at, and what can be done with them: each of it once, however often it is asked. */
export class LetterArchive {
  readonly #options: LetterArchiveOptions;

  constructor(options: LetterArchiveOptions) {
    this.#options = options;
  }

  /** Newest first. */
  async letters({ before, limit = PAGE.default, ...filter }: DeadLetterPage = {}): Promise<readonly DeadLetter[]> {
    const values = [...this.#values(filter), before ?? null, Math.min(limit, PAGE.most)];
    return (await this.#options.kernel.query<RawDeadLetter>(LETTERS, values)).map(toDeadLetter);
  }

  async letter(id: string): Promise<DeadLetter | undefined> {
    const { kernel, service = null } = this.#options;
    const [raw] = await kernel.query<RawDeadLetter>(LETTER, [service, id]);
    return raw && toDeadLetter(raw);
  }

  /** Most first. */
  groups(filter: DeadLetterFilter = {}): Promise<readonly DeadLetterGroup[]> {
    return this.#options.kernel.query<DeadLetterGroup>(LETTER_GROUPS, this.#values(filter));
  }

  /**
   * The message runs again from its first attempt; edited, as a new message whose `causationid` is the old one.
   * `false`: the letter was gone already.
   * @throws NestanzaError `NST_DELIVERY_NOT_EDITABLE`
   */
  async replay(id: string, edit?: LetterEdit): Promise<boolean> {
    const letter = await this.letter(id);
    if (letter === undefined) return false;
    const edited = edit && editedMessage(letter, edit);
    const replayed = await replayLetter(this.#options.kernel, id, edited);
    if (replayed !== undefined) this.#options.onReplayed?.(replayed, id);
    return replayed !== undefined;
  }

  /** The letter is gone for good. `false`: it was gone already. */
  async discard(id: string): Promise<boolean> {
    const { kernel, service = null, onDiscarded } = this.#options;
    const gone = (await kernel.query(DISCARD, [id, service])).length > 0;
    if (gone) onDiscarded?.(id);
    return gone;
  }

  /** Replays all that fit and were there at first, oldest first. Resolves with their count. */
  replayAll(filter: DeadLetterFilter, options: BulkOptions = {}): Promise<number> {
    return this.#each(filter, options, (id) => this.replay(id));
  }

  /** Discards all that fit and were there at first. Resolves with their count. */
  discardAll(filter: DeadLetterFilter, options: BulkOptions = {}): Promise<number> {
    return this.#each(filter, options, (id) => this.discard(id));
  }

  async #each(
    filter: DeadLetterFilter,
    { rate = RATE, signal }: BulkOptions,
    act: (id: string) => Promise<boolean>,
  ): Promise<number> {
    const { kernel, clock = systemClock } = this.#options;
    const [newest] = await kernel.query<{ id: string }>(NEWEST_LETTER, []);
    const begun = clock.now();
    let [done, seen, after] = [0, 0, '0'];
    for (;;) {
      const values = [...this.#values(filter), after, newest?.id ?? '0', PAGE.most];
      const page = await kernel.query<{ id: string }>(LETTER_IDS, values);
      for (const { id } of page) {
        const wait = begun + (seen * 1_000) / rate - clock.now();
        if (wait > 0) await pause(wait, { clock, ...(signal && { signal }) });
        if (signal?.aborted) return done;
        seen += 1;
        const acted = await act(id);
        if (acted) done += 1;
        after = id;
      }
      if (page.length < PAGE.most) return done;
    }
  }

  #values(filter: DeadLetterFilter): readonly (string | null)[] {
    return filterValues(this.#options.service, filter);
  }
}
