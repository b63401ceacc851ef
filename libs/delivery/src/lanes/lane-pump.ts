import { errorText, pause, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Kernel, Statement } from '@nestanza/postgres/internal';
import { byDeadline } from '../by-deadline.js';
import { SingleFlight } from '../single-flight.js';
import { SWEEP_INTERVAL, type LaneHolder } from './lane-holder.js';
import { isSuspect, type LaneRow } from './lane-row.js';
import { DUE, READ, REFILL, toLaneRow, type RawLaneRow } from './lane-statements.js';
import { Lanes, type OwnedLane, type StartedRow } from './lanes.js';
import type { RunGate } from './run-gate.js';

/** What became of a row's run. */
export type Verdict =
  /** It is gone from the inbox. */
  | { readonly outcome: 'finished'; readonly failed?: boolean }
  /** Somebody else has it, or has ended it: nothing happened here. */
  | { readonly outcome: 'gone'; readonly failed?: boolean }
  /** It waits in the inbox for so many milliseconds. */
  | { readonly outcome: 'blocked'; readonly delay: number; readonly failed?: boolean };

/** Runs one row to its verdict. @throws when the database was away, so that nothing is decided */
export type RowRunner = (started: StartedRow, signal: AbortSignal) => Promise<Verdict>;

export interface LanePumpOptions {
  readonly kernel: Kernel;
  readonly group: number;
  /** Rows that run at once in this process. */
  readonly inflight: number;
  readonly gate: RunGate;
  readonly run: RowRunner;
  readonly log: Log;
  readonly clock?: Clock;
}

/** After so many failures in a row, messages are tried one at a time until one succeeds. */
const PROBE_AFTER = 10;

/** Milliseconds before a row is tried again that met no database. */
const DATABASE_AWAY = 500;

/** Moves the rows of one group's lanes from the inbox to their runs: reads ahead, starts what may start, and keeps count. */
export class LanePump implements LaneHolder {
  readonly group: number;
  readonly #kernel: Kernel;
  readonly #inflight: number;
  readonly #gate: RunGate;
  readonly #run: RowRunner;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #lanes: Lanes;
  readonly #runs = new Map<StartedRow, AbortController>();
  readonly #unsubscribe: () => void;
  readonly #timers = new Set<Timer>();
  readonly #reads = new SingleFlight(() => this.#read());
  readonly #refills = new SingleFlight(() => this.#refill());
  readonly #dues = new SingleFlight(() => this.#lookForDue());
  #failures = 0;
  #withdraw: (() => void) | undefined;
  #turning = false;
  #stopping = false;
  #rested: (() => void) | undefined;

  constructor(options: LanePumpOptions) {
    this.group = options.group;
    this.#kernel = options.kernel;
    this.#inflight = options.inflight;
    this.#gate = options.gate;
    this.#run = options.run;
    this.#log = options.log;
    this.#clock = options.clock ?? systemClock;
    this.#lanes = new Lanes({ inflight: options.inflight });
    this.#unsubscribe = options.gate.onChange(() => this.#turn());
  }

  get kept(): number {
    return this.#lanes.kept;
  }

  get releasable(): readonly number[] {
    return this.#lanes.releasable;
  }

  own(lanes: readonly OwnedLane[]): void {
    this.#lanes.own(lanes);
    const owned = new Set(lanes.map(({ lane, epoch }) => `${lane}/${epoch}`));
    for (const [{ row, epoch }, abort] of this.#runs) if (!owned.has(`${row.lane}/${epoch}`)) abort.abort();
    this.#turn();
  }

  shed(count: number): void {
    this.#lanes.shed(count);
  }

  sweep(): void {
    this.#lanes.news();
    this.#turn();
    void this.#dues.request();
  }

  /** There are new rows in these lanes. */
  news(lanes: readonly number[]): void {
    this.#lanes.news(lanes);
    this.#turn();
  }

  /** A waiting row has become due before its time. */
  hurry(): void {
    void this.#dues.request();
  }

  /** Starts nothing more; resolves when nothing runs, at the latest when `deadline` aborts, and with it all that runs. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#stopping = true;
    this.#withdraw?.();
    for (const timer of this.#timers) timer.cancel();
    const rest = new Promise<void>((resolve) => {
      this.#rested = resolve;
      if (this.#runs.size === 0) resolve();
    });
    await byDeadline(rest, deadline);
    for (const abort of this.#runs.values()) abort.abort();
    this.#unsubscribe();
  }

  /** Starts and reads what there is, once for all that happens in one tick: many rows end together. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    queueMicrotask(() => {
      this.#turning = false;
      this.#start();
      void this.#reads.request();
      void this.#refills.request();
    });
  }

  #start(): void {
    while (this.#active && this.#runs.size < this.#limit) {
      const row = this.#lanes.peek();
      if (row === undefined) break;
      const alone = isSuspect(row);
      if (!this.#gate.enter(alone)) {
        if (alone) this.#withdraw ??= this.#gate.reserve();
        return;
      }
      this.#withdraw?.();
      this.#withdraw = undefined;
      const started = this.#lanes.start();
      if (started === undefined) return this.#gate.leave();
      void this.#perform(started);
    }
    if (this.#lanes.peek() === undefined) {
      this.#withdraw?.();
      this.#withdraw = undefined;
    }
  }

  get #limit(): number {
    return this.#failures >= PROBE_AFTER ? 1 : this.#inflight;
  }

  async #perform(started: StartedRow): Promise<void> {
    const abort = new AbortController();
    this.#runs.set(started, abort);
    try {
      this.#settle(started, await this.#run(started, abort.signal));
    } catch (error) {
      this.#log.debug('A message met no database and is tried again.', {
        row: started.row.id,
        error: errorText(error),
      });
      await pause(DATABASE_AWAY, { clock: this.#clock, signal: abort.signal });
      this.#lanes.putBack(started);
    } finally {
      this.#runs.delete(started);
      this.#gate.leave();
      if (this.#runs.size === 0) this.#rested?.();
    }
  }

  #settle(started: StartedRow, verdict: Verdict): void {
    this.#failures = verdict.failed ? this.#failures + 1 : 0;
    if (verdict.outcome !== 'blocked') return this.#lanes.finished(started);
    this.#lanes.blocked(started);
    // Longer waits end with a sweep.
    if (this.#stopping || verdict.delay > SWEEP_INTERVAL) return;
    const timer = this.#clock.after(verdict.delay + 1, () => {
      this.#timers.delete(timer);
      void this.#dues.request();
    });
    this.#timers.add(timer);
  }

  async #read(): Promise<void> {
    const request = this.#active ? this.#lanes.beginRead() : undefined;
    if (request === undefined) return;
    const lanes = request.lanes.map(({ lane }) => lane);
    const cursors = request.lanes.map(({ after }) => after);
    const me = this.#kernel.lease.id;
    await this.#ask(READ, [this.group, me, lanes, cursors, request.limit, this.#lanes.inMemory], {
      answer: (rows) => this.#lanes.loaded(request, rows),
      failed: () => this.#lanes.news(lanes),
    });
  }

  async #refill(): Promise<void> {
    const request = this.#active ? this.#lanes.beginRefill() : undefined;
    if (request === undefined) return;
    const { key, range, limit } = request;
    await this.#ask(REFILL, [this.group, key, range.first, range.last, limit], {
      answer: (rows) => this.#lanes.refilled(request, rows),
      failed: () => this.#lanes.refillFailed(request),
    });
  }

  async #lookForDue(): Promise<void> {
    const request = this.#active ? this.#lanes.beginDue() : undefined;
    if (request === undefined) return;
    await this.#ask(DUE, [this.group, request.lanes, request.limit], {
      answer: (rows) => this.#lanes.due(rows),
      failed: () => this.#lanes.due([]),
    });
  }

  async #ask(
    statement: Statement,
    values: readonly unknown[],
    { answer, failed }: { answer: (rows: readonly LaneRow[]) => void; failed: () => void },
  ): Promise<void> {
    try {
      answer((await this.#kernel.query<RawLaneRow>(statement, values)).map(toLaneRow));
    } catch (error) {
      this.#log.debug('The lanes could not be read; the next sweep tries again.', {
        group: this.group,
        error: errorText(error),
      });
      return failed();
    }
    // Not awaited: what this one leads to may be another of its own kind.
    this.#turn();
  }

  get #active(): boolean {
    return !this.#stopping && this.#kernel.lease.valid;
  }
}
