import { errorText, type Timer } from '@nestanza/core';
import { deadlinePassed } from '../errors.js';
import { toFailure } from '../failure.js';
import type { WorkflowId } from '../store/claim.js';
import { expireOld } from '../store/retention.js';
import { fireSchedules } from '../schedule/fire-schedules.js';
import { interruptions, nextDue } from '../store/own-runs.js';
import { freeOrphans, takeOver } from '../store/takeover.js';
import type { EngineParts } from './engine-parts.js';
import type { Execution } from './execution.js';

export interface Sweep {
  /** The workflows that run here. */
  workflows(): readonly WorkflowId[];
  /** Runs in memory, by id. */
  running(): ReadonlyMap<string, Execution>;
  onDue(): void;
  /** @param remaining - milliseconds until the next run is due */
  onNext(remaining: number): void;
}

/** Sweeps that a hint brought forward leave out what no hint speaks of, unless it was left out this long. */
const WHOLE_INTERVAL = 800;

/** Every so many sweeps what is old is deleted. */
const RETENTION_SWEEPS = 30;

/** Every so many sweeps the process compares what it owns with what it remembers. */
const ORPHAN_SWEEPS = 10;

/**
 * Once a second looks for what nobody says: processes that died, runs that are due, runs to interrupt. Whatever hint
 * was lost costs at most this long.
 */
export class Sweeper {
  static readonly INTERVAL = 1_000;

  readonly #parts: EngineParts;
  readonly #sweep: Sweep;
  #timer: Timer | undefined;
  #under: Promise<void> | undefined;
  #hurried = false;
  #stopped = false;
  #count = 0;
  #lastWhole = 0;

  constructor(parts: EngineParts, sweep: Sweep) {
    this.#parts = parts;
    this.#sweep = sweep;
  }

  start(): void {
    this.#stopped = false;
    this.hurry();
  }

  /** Resolves when no statement of the sweep is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#under;
  }

  /** Something may have changed: claims at once, and looks for runs to interrupt. */
  hurry(): void {
    if (this.#stopped) return;
    this.#sweep.onDue();
    if (this.#under !== undefined) {
      this.#hurried = true;
      return;
    }
    this.#timer?.cancel();
    this.#under = this.#once().finally(() => {
      this.#under = undefined;
      if (this.#stopped) return;
      if (this.#hurried) {
        this.#hurried = false;
        this.hurry();
      } else
        this.#timer = this.#parts.clock.after(Sweeper.INTERVAL * (0.9 + 0.2 * this.#parts.random()), () =>
          this.hurry(),
        );
    });
  }

  /** Never rejects. */
  async #once(): Promise<void> {
    const { sql, log, clock } = this.#parts;
    try {
      if (!sql.lease.valid) return;
      await this.#interrupt();
      await this.#lookForArrivals();
      if (clock.now() - this.#lastWhole >= WHOLE_INTERVAL) {
        this.#lastWhole = clock.now();
        await this.#whole();
      }
      const next = await nextDue(sql, this.#sweep.workflows());
      if (next !== undefined) this.#sweep.onNext(next);
    } catch (error) {
      log.warn('the workflow sweep failed, it is tried again', { error: errorText(error) });
    }
  }

  /** What no hint speaks of. */
  async #whole(): Promise<void> {
    const { sql, log, retain } = this.#parts;
    const sweep = this.#count++;
    const freed = await takeOver(sql);
    if (freed > 0) log.warn('took over workflow runs of processes that died', { runs: freed });
    const scheduled = await fireSchedules(this.#parts, names(this.#sweep.workflows()));
    if (sweep % ORPHAN_SWEEPS === ORPHAN_SWEEPS - 1) {
      const orphans = await freeOrphans(sql, [...this.#sweep.running().keys()]);
      if (orphans > 0) log.warn('freed workflow runs whose claim was never answered', { runs: orphans });
    }
    if (sweep % RETENTION_SWEEPS === 1 && retain !== undefined) await expireOld(sql, retain);
    if (freed + scheduled > 0) this.#sweep.onDue();
  }

  async #interrupt(): Promise<void> {
    const running = this.#sweep.running();
    if (running.size === 0) return;
    for (const { id, epoch, reason } of await interruptions(this.#parts.sql)) {
      const execution = running.get(id);
      if (execution?.run.epoch !== epoch) continue;
      if (reason === 'paused') execution.drain();
      else execution.interrupt(reason === 'cancelled' ? undefined : toFailure(deadlinePassed(id)));
    }
  }

  /** Runs that wait for a signal or an event in one branch while another works are not parked: nobody else wakes them. */
  async #lookForArrivals(): Promise<void> {
    const waiting = [...this.#sweep.running().values()].filter((execution) => execution.awaitsArrival);
    await Promise.all(waiting.map((execution) => execution.lookForArrivals()));
  }
}

const names = (workflows: readonly WorkflowId[]): string[] => [...new Set(workflows.map(({ name }) => name))];
