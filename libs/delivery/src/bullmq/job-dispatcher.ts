import { errorText, type Log } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { DelayedError } from 'bullmq';
import { byDeadline } from '../by-deadline.js';
import type { SubscribedGroup } from '../consumer-group.js';
import type { Dispatcher } from '../dispatcher.port.js';
import type { StoredRow } from '../inbox/stored-row.js';
import type { RowRunner, Verdict } from '../lanes/lane-pump.js';
import { isSuspect, type LaneRow } from '../lanes/lane-row.js';
import { toLaneRow, type RawLaneRow } from '../lanes/lane-statements.js';
import type { RunGate } from '../lanes/run-gate.js';
import { TERMINATE } from '../lanes/ownership-statements.js';
import type { BullMQOptions } from './dispatch-options.js';
import { ROW_OF_JOB, ROW_STANDS } from './job-row-statements.js';
import { messageJob } from './jobs.js';
import type { JobProjector } from './projector.js';
import type { ServiceJob } from './service-queue.js';

/** Milliseconds before a job comes back whose row is held by somebody else, or that met no database. */
const BUSY = 500;

/** The row lock is the fence; the epoch of a lane is not asked for. */
const NO_EPOCH = '0';

export interface JobDispatcherOptions {
  readonly kernel: Kernel;
  readonly gate: RunGate;
  readonly projector: JobProjector;
  readonly options: BullMQOptions;
  readonly runner: (group: SubscribedGroup) => RowRunner;
  readonly log: Log;
}

interface Served {
  readonly group: SubscribedGroup;
  readonly run: RowRunner;
}

/**
 * Runs rows by BullMQ: a job a message, over the same inbox. The row is the message; a job without a row ends at once,
 * and a row without a job gets one from the reconciler. No order per key.
 */
export class JobDispatcher implements Dispatcher {
  readonly promises = { orderPerKey: false, probing: false, priority: true };
  readonly #options: JobDispatcherOptions;
  readonly #served = new Map<number, Served>();
  readonly #runs = new Map<AbortController, Promise<unknown>>();

  constructor(options: JobDispatcherOptions) {
    this.#options = options;
  }

  /** Ids of the groups it serves. */
  get groups(): readonly number[] {
    return [...this.#served.keys()];
  }

  add(group: SubscribedGroup): void {
    this.#served.set(group.id, { group, run: this.#options.runner(group) });
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stored(group: number, rows: readonly StoredRow[]): void {
    const served = this.#served.get(group);
    if (served === undefined) return;
    const { projector, options } = this.#options;
    for (const row of rows) projector.add(messageJob(served.group, row, { options }));
  }

  hurry(): void {
    // Its job is promoted instead.
  }

  async drain(deadline: AbortSignal): Promise<void> {
    await byDeadline(Promise.all(this.#runs.values()), deadline);
    for (const abort of this.#runs.keys()) abort.abort();
  }

  /**
   * Runs the row of a job; resolves when the row is gone.
   * @throws DelayedError when the job has been put off: its row waits, or is held by somebody else
   */
  async perform(job: ServiceJob, token: string | undefined): Promise<void> {
    const abort = new AbortController();
    const run = this.#attempt(job, abort.signal);
    this.#runs.set(abort, run);
    const verdict = await run.finally(() => this.#runs.delete(abort));
    if (verdict.outcome !== 'blocked') return;
    await job.moveToDelayed(Date.now() + verdict.delay, token);
    throw new DelayedError();
  }

  /** Never rejects. */
  async #attempt(job: ServiceJob, signal: AbortSignal): Promise<Verdict> {
    try {
      const { group, lane, row } = job.data;
      const served = this.#served.get(group);
      // Of a handler that only another version of the service has.
      if (served === undefined) return { outcome: 'blocked', delay: BUSY };
      const found = await this.#row(job);
      if (found === undefined) return { outcome: 'gone' };
      const verdict = await this.#run(served, found, signal);
      if (verdict.outcome !== 'gone') return verdict;
      const { kernel } = this.#options;
      const stands = await kernel.query(ROW_STANDS, [group, lane, row]);
      if (stands.length === 0) return verdict;
      // A stopped process would hold the row for ever.
      await kernel.query(TERMINATE, [[]]);
      return { outcome: 'blocked', delay: BUSY };
    } catch (error) {
      this.#options.log.debug('A job met no database and comes back.', { job: job.id, error: errorText(error) });
      return { outcome: 'blocked', delay: BUSY };
    }
  }

  async #row({ data, stalledCounter }: ServiceJob): Promise<LaneRow | undefined> {
    const values = [data.group, data.lane, data.row, stalledCounter];
    const [raw] = await this.#options.kernel.query<RawLaneRow>(ROW_OF_JOB, values);
    if (raw === undefined) return undefined;
    const row = toLaneRow(raw);
    return { ...row, deliveries: Math.max(row.deliveries, Math.min(2, stalledCounter)) };
  }

  async #run({ run }: Served, row: LaneRow, signal: AbortSignal): Promise<Verdict> {
    const { gate } = this.#options;
    await gate.pass(isSuspect(row));
    try {
      return await run({ row, epoch: NO_EPOCH }, signal);
    } finally {
      gate.leave();
    }
  }
}
