import { errorText, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { SubscribedGroup } from '../consumer-group.js';
import { toDeadLetter, type RawDeadLetter } from '../dead-letter/raw-dead-letter.js';
import { SingleFlight } from '../single-flight.js';
import type { BullMQOptions } from './dispatch-options.js';
import { deadJob, deadJobId, messageJob, retryJob, type JobSpec } from './jobs.js';
import { DEAD_PAGE, EXPECTED_JOBS, GONE_LETTERS, QUEUED_PAGE, WAITING_PAGE } from './reconciler-statements.js';
import type { ServiceQueue } from './service-queue.js';

/** Milliseconds between two looks at the numbers. */
const INTERVAL = 1_000;

/** Looks between two full passes, whatever the numbers say. */
const FULL_PASS = 60;

/** Rows of one page. */
const PAGE = 500;

export interface ReconcilerOptions {
  readonly kernel: Kernel;
  readonly queue: ServiceQueue;
  readonly service: string;
  readonly groups: readonly SubscribedGroup[];
  /** Whether this process is the one that reconciles for its service. */
  readonly appointed: () => boolean;
  /** Groups whose messages BullMQ dispatches, and its options for them. */
  readonly dispatch: { readonly options: BullMQOptions; readonly groups: () => readonly number[] };
  readonly log: Log;
  readonly clock?: Clock;
}

interface RawWaiting {
  readonly id: string;
  readonly grp: number;
  readonly lane: number;
  readonly key: string | null;
  readonly sender: string;
  readonly message_id: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly due: number;
}

interface RawQueued {
  readonly id: string;
  readonly grp: number;
  readonly lane: number;
  readonly key: string | null;
  readonly sender: string;
  readonly message_id: string;
  readonly delay: number;
}

/**
 * Makes the jobs again that a crash, a flush or an operator took away: within a second where they are fewer than rows.
 * Once a minute it looks at all, also for jobs whose letter is gone.
 */
export class JobReconciler {
  readonly #options: ReconcilerOptions;
  readonly #clock: Clock;
  readonly #flight = new SingleFlight(() => this.#reconcile());
  #timer: Timer | undefined;
  #looks = 0;
  #stopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  start(): void {
    this.#timer = this.#clock.after(INTERVAL, () => {
      void this.#flight.request().then(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  /** Compares at once instead of at the next look. */
  look(): void {
    void this.#flight.request();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#flight.idle();
  }

  async #reconcile(): Promise<void> {
    if (this.#stopped || !this.#options.appointed()) return;
    try {
      this.#looks += 1;
      const full = this.#looks % FULL_PASS === 0;
      if (full || (await this.#fewerThanRows())) await this.#pass();
      if (full) await this.#dropStale();
    } catch (error) {
      this.#options.log.debug('Jobs could not be reconciled; the next look tries again.', { error: errorText(error) });
    }
  }

  async #fewerThanRows(): Promise<boolean> {
    const { kernel, queue, service } = this.#options;
    const values = [service, this.#lanes, this.#jobs];
    const [expected] = await kernel.query<{ dead: number; waiting: number; queued: number }>(EXPECTED_JOBS, values);
    const { dead = 0, waiting = 0, queued = 0 } = expected ?? {};
    if (dead + waiting + queued === 0) return false;
    const counts = await queue.getJobCounts('failed', 'waiting', 'prioritized', 'active', 'delayed');
    const { failed = 0, waiting: ready = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
    const live = ready + prioritized + active + delayed;
    return dead > failed + ready + active || waiting > delayed || waiting + queued > live;
  }

  async #pass(): Promise<void> {
    const { kernel, service, groups } = this.#options;
    await this.#pages(
      (after) => kernel.query<RawDeadLetter>(DEAD_PAGE, [service, after, PAGE]),
      (raw) => deadJob(toDeadLetter(raw)),
    );
    const byId = new Map(groups.map((group) => [group.id, group]));
    await this.#pages(
      (after) => kernel.query<RawWaiting>(WAITING_PAGE, [this.#lanes, after, PAGE]),
      (raw) => {
        const group = byId.get(raw.grp);
        return group && waitingJob(group, raw, this.#clock.now());
      },
    );
    const { options } = this.#options.dispatch;
    await this.#pages(
      (after) => kernel.query<RawQueued>(QUEUED_PAGE, [this.#jobs, after, PAGE]),
      ({ grp, message_id: messageId, delay, ...row }) => {
        const group = byId.get(grp);
        return group && messageJob(group, { ...row, messageId }, { options, delay: Math.round(delay) });
      },
    );
  }

  /** Jobs of letters that were replayed or discarded from outside of this service. */
  async #dropStale(): Promise<void> {
    const { kernel, queue } = this.#options;
    const failed = await queue.getJobs(['failed'], 0, PAGE - 1);
    const letters = failed.filter(({ data }) => data.kind === 'dead').map(({ data }) => data.row);
    const gone = await kernel.query<{ id: string }>(GONE_LETTERS, [letters]);
    await Promise.all(gone.map(({ id }) => queue.remove(deadJobId(id))));
  }

  async #pages<Raw extends { readonly id: string }>(
    read: (after: string) => Promise<readonly Raw[]>,
    toJob: (raw: Raw) => JobSpec | undefined,
  ): Promise<void> {
    let after: string | undefined = '0';
    while (after !== undefined && !this.#stopped) {
      const page: readonly Raw[] = await read(after);
      const jobs = page.map(toJob).filter((job) => job !== undefined);
      if (jobs.length > 0) await this.#options.queue.addBulk(jobs);
      after = page.length === PAGE ? page.at(-1)?.id : undefined;
    }
  }

  /** Groups whose messages are jobs while they wait or when they went wrong. */
  get #lanes(): readonly number[] {
    const jobs = new Set(this.#jobs);
    return this.#options.groups.map(({ id }) => id).filter((id) => !jobs.has(id));
  }

  /** Groups each of whose messages is a job. */
  get #jobs(): readonly number[] {
    return this.#options.dispatch.groups();
  }
}

function waitingJob(group: SubscribedGroup, raw: RawWaiting, now: number): JobSpec {
  const { id, lane, key, sender, message_id: messageId, attempts } = raw;
  const row = { id: Number(id), lane, key: key ?? undefined, sender, messageId };
  return retryJob({ group, row, attempts, dueAt: raw.due, reason: raw.reason ?? '' }, now);
}
