import { CHAIN_LIMIT, KeyLine, type SkippedRange } from './key-line.js';
import { isSuspect, type LaneRow } from './lane-row.js';

/** A lane this process works on. The epoch is PostgreSQL's bigint as text. */
export interface OwnedLane {
  readonly lane: number;
  readonly epoch: string;
}

/** Which rows to read: the first `limit` behind the cursor of each lane. */
export interface ReadRequest {
  readonly lanes: readonly (OwnedLane & { readonly after: number })[];
  readonly limit: number;
}

/** Which skipped rows of a key to read again. */
export interface RefillRequest extends OwnedLane {
  readonly key: string;
  readonly range: SkippedRange;
  readonly limit: number;
}

/** Where to look for due rows: at most `limit` a lane. */
export interface DueRequest {
  readonly lanes: readonly number[];
  readonly limit: number;
}

/** A row that has been started. */
export interface StartedRow {
  readonly row: LaneRow;
  readonly epoch: string;
}

interface LaneState extends OwnedLane {
  /** Id of the last row read. */
  cursor: number;
  /** There may be rows behind the cursor. */
  news: boolean;
  releasing: boolean;
  running: number;
}

export interface LanesOptions {
  /** Rows that run at once; memory holds 20 times as many. */
  readonly inflight: number;
}

/** Keys that are remembered because a row of theirs waits; beyond, nothing more is read until one is done. */
const KEY_LIMIT = 10_000;

/**
 * What a process knows about the lanes of one group: which rows are in memory, which may run, which keys wait. Pure:
 * no I/O, no clock; whoever holds it reads, runs and reports back. Losing it loses nothing: rows are the truth.
 */
export class Lanes {
  readonly #inflight: number;
  readonly #lanes = new Map<number, LaneState>();
  readonly #keys = new Map<string, KeyLine>();
  /** Every row in memory: ready, behind another one, or running. */
  readonly #held = new Map<number, LaneRow>();
  #ready: LaneRow[] = [];
  #suspects: LaneRow[] = [];
  /** Keys whose next row has to be read again. */
  readonly #missing = new Set<string>();
  /** Rows that ended while a query for due rows was under way, which may still show them. */
  #ended: Set<number> | undefined;

  constructor({ inflight }: LanesOptions) {
    this.#inflight = inflight;
  }

  get owned(): readonly OwnedLane[] {
    return [...this.#lanes.values()].map(({ lane, epoch }) => ({ lane, epoch }));
  }

  /** Ids of all rows in memory: what this process would leave behind if it died now. */
  get inMemory(): readonly number[] {
    return [...this.#held.keys()];
  }

  /** Takes the database's word on which lanes are owned: drops those lost or owned anew, begins the new ones. */
  own(lanes: readonly OwnedLane[]): void {
    const now = new Map(lanes.map(({ lane, epoch }) => [lane, epoch]));
    for (const { lane, epoch } of [...this.#lanes.values()]) if (now.get(lane) !== epoch) this.drop(lane);
    for (const [lane, epoch] of now) {
      if (!this.#lanes.has(lane)) {
        this.#lanes.set(lane, { lane, epoch, cursor: 0, news: true, releasing: false, running: 0 });
      }
    }
  }

  /** Forgets a lane and all its rows. */
  drop(lane: number): void {
    this.#lanes.delete(lane);
    this.#forget(lane);
  }

  /** Chooses up to `count` lanes to give away, idle ones first; none of their rows is started any more. */
  shed(count: number): void {
    const candidates = [...this.#lanes.values()].filter(({ releasing }) => !releasing);
    for (const state of candidates.sort((a, b) => a.running - b.running).slice(0, count)) {
      state.releasing = true;
      this.#forget(state.lane);
    }
  }

  /** Lanes that are being given away and have no running row left. */
  get releasable(): readonly number[] {
    return [...this.#lanes.values()]
      .filter(({ releasing, running }) => releasing && running === 0)
      .map(({ lane }) => lane);
  }

  /** Lanes kept. */
  get kept(): number {
    return [...this.#lanes.values()].filter(({ releasing }) => !releasing).length;
  }

  /** There may be new rows in these lanes; by default in all. */
  news(lanes: Iterable<number> = this.#lanes.keys()): void {
    for (const lane of lanes) {
      const state = this.#lanes.get(lane);
      if (state !== undefined) state.news = true;
    }
  }

  /** What to read now; `undefined` without news, or while memory is full. Pass the answer to `loaded`, or call `news`. */
  beginRead(): ReadRequest | undefined {
    if (this.#keys.size >= KEY_LIMIT) return undefined;
    const withNews = [...this.#lanes.values()].filter(({ news, releasing }) => news && !releasing);
    if (withNews.length === 0) return undefined;
    const limit = this.#share(withNews.length);
    const room = Math.floor((this.#memory - this.#held.size) / limit);
    const lanes = withNews.slice(0, Math.max(0, room));
    if (lanes.length === 0) return undefined;
    for (const state of lanes) state.news = false;
    return { lanes: lanes.map(({ lane, epoch, cursor }) => ({ lane, epoch, after: cursor })), limit };
  }

  /** The rows of a read, in order of their ids. */
  loaded({ lanes, limit }: ReadRequest, rows: readonly LaneRow[]): void {
    const counts = new Map<number, number>();
    const current = new Set(
      lanes.filter((asked) => this.#lanes.get(asked.lane)?.epoch === asked.epoch).map(({ lane }) => lane),
    );
    for (const row of rows) {
      const state = this.#lanes.get(row.lane);
      if (state === undefined || !current.has(row.lane)) continue;
      counts.set(row.lane, (counts.get(row.lane) ?? 0) + 1);
      if (state.releasing) continue;
      state.cursor = row.id;
      this.#place(row);
    }
    for (const [lane, count] of counts) if (count === limit) this.news([lane]);
  }

  /** The row to start next, if one is ready: a suspect first. */
  peek(): LaneRow | undefined {
    return this.#suspects[0] ?? this.#ready[0];
  }

  /** Starts the row that `peek` shows. */
  start(): StartedRow | undefined {
    const row = this.#suspects.shift() ?? this.#ready.shift();
    const state = row === undefined ? undefined : this.#lanes.get(row.lane);
    if (row === undefined || state === undefined) return undefined;
    state.running += 1;
    return { row, epoch: state.epoch };
  }

  /** A started row is gone from the database: the next of its key may run. */
  finished(started: StartedRow): void {
    const line = this.#end(started);
    const { key } = started.row;
    if (line === undefined || key === undefined) return;
    const next = line.advance();
    if (next === 'over') this.#keys.delete(key);
    else if (next === 'missing') this.#missing.add(key);
    else this.#enqueue(next);
  }

  /** A started row waits in the database for its next attempt, and its key with it. */
  blocked(started: StartedRow): void {
    for (const row of this.#end(started)?.block() ?? []) this.#held.delete(row.id);
  }

  /** A started row could not be brought to an end: it runs again. */
  putBack(started: StartedRow): void {
    const { row } = started;
    const state = this.#stateOf(started);
    if (state === undefined) return;
    state.running -= 1;
    if (state.releasing) this.#held.delete(row.id);
    else (isSuspect(row) ? this.#suspects : this.#ready).unshift(row);
  }

  /** Which rows of a key to read again before it can go on. Pass the answer to `refilled`. */
  beginRefill(): RefillRequest | undefined {
    for (const key of this.#missing) {
      this.#missing.delete(key);
      const line = this.#keys.get(key);
      const state = line === undefined ? undefined : this.#lanes.get(line.lane);
      if (line?.missing === undefined || state === undefined || state.releasing) continue;
      return { key, lane: state.lane, epoch: state.epoch, range: line.missing, limit: CHAIN_LIMIT };
    }
    return undefined;
  }

  /** A refill could not be read: it is asked for again. */
  refillFailed({ key }: RefillRequest): void {
    this.#missing.add(key);
  }

  /** The rows of a refill, in order of their ids. */
  refilled({ key, lane, epoch, range, limit }: RefillRequest, rows: readonly LaneRow[]): void {
    const line = this.#keys.get(key);
    const state = this.#lanes.get(lane);
    if (line?.missing === undefined || state?.epoch !== epoch || state.releasing) return;
    const { head, kept } = line.refill(range, rows, limit);
    for (const row of kept) this.#held.set(row.id, row);
    if (head !== undefined) this.#enqueue(head);
    if (line.over) this.#keys.delete(key);
    else if (line.missing !== undefined) this.#missing.add(key);
  }

  /** Where to look for rows whose next attempt is due; `undefined` while memory is full. Pass the answer to `due`. */
  beginDue(): DueRequest | undefined {
    const lanes = [...this.#lanes.values()].filter(({ releasing }) => !releasing).map(({ lane }) => lane);
    if (lanes.length === 0 || this.#held.size >= this.#memory) return undefined;
    this.#ended = new Set();
    return { lanes, limit: this.#share(lanes.length) };
  }

  /** Rows whose next attempt is due: those that are still the ones their key waits for may run. */
  due(rows: readonly LaneRow[]): void {
    const ended = this.#ended;
    this.#ended = undefined;
    for (const row of rows) {
      const state = this.#lanes.get(row.lane);
      // What the cursor has not passed yet comes by reading.
      if (state === undefined || state.releasing || row.id > state.cursor) continue;
      if (this.#held.has(row.id) || ended?.has(row.id)) continue;
      if (row.key === undefined || this.#keys.get(row.key)?.unblock(row.id)) this.#enqueue(row);
    }
  }

  get #memory(): number {
    return 20 * this.#inflight;
  }

  #share(lanes: number): number {
    return Math.max(4, Math.ceil((2 * this.#inflight) / lanes));
  }

  #place(row: LaneRow): void {
    const line = row.key === undefined ? undefined : this.#keys.get(row.key);
    if (line !== undefined) {
      if (line.accept(row)) this.#held.set(row.id, row);
      return;
    }
    if (row.key !== undefined) this.#keys.set(row.key, new KeyLine(row));
    if (!row.later) this.#enqueue(row);
  }

  #enqueue(row: LaneRow): void {
    this.#held.set(row.id, row);
    (isSuspect(row) ? this.#suspects : this.#ready).push(row);
  }

  #stateOf({ row, epoch }: StartedRow): LaneState | undefined {
    const state = this.#lanes.get(row.lane);
    return state?.epoch === epoch ? state : undefined;
  }

  /** Takes a started row out of memory; its key's line, where there is one that still concerns this row. */
  #end(started: StartedRow): KeyLine | undefined {
    const { row } = started;
    const state = this.#stateOf(started);
    if (state === undefined) return undefined;
    state.running -= 1;
    this.#held.delete(row.id);
    this.#ended?.add(row.id);
    return row.key === undefined ? undefined : this.#keys.get(row.key);
  }

  #forget(lane: number): void {
    const stays = (row: LaneRow) => row.lane !== lane;
    for (const row of this.#held.values()) if (row.lane === lane) this.#held.delete(row.id);
    this.#ready = this.#ready.filter(stays);
    this.#suspects = this.#suspects.filter(stays);
    for (const [key, line] of this.#keys) {
      if (line.lane !== lane) continue;
      this.#keys.delete(key);
      this.#missing.delete(key);
    }
  }
}
