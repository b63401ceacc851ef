import { errorText, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { SubscribedGroup } from '../consumer-group.js';
import { toDeadLetter, type RawDeadLetter } from '../dead-letter/raw-dead-letter.js';
import { SingleFlight } from '../single-flight.js';
import { deadJob, retryJob, type JobSpec } from './jobs.js';
import { DEAD_PAGE, EXPECTED_JOBS, WAITING_PAGE } from './reconciler-statements.js';
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

/** Makes the jobs again that a crash, a flush or an operator took away: within a second where they are fewer than rows. */
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
      if (this.#looks % FULL_PASS === 0 || (await this.#fewerThanRows())) await this.#pass();
    } catch (error) {
      this.#options.log.debug('Jobs could not be reconciled; the next look tries again.', { error: errorText(error) });
    }
  }

  async #fewerThanRows(): Promise<boolean> {
    const { kernel, queue, service } = this.#options;
    const [expected] = await kernel.query<{ dead: number; waiting: number }>(EXPECTED_JOBS, [service, this.#groupIds]);
    const { dead = 0, waiting = 0 } = expected ?? {};
    if (dead === 0 && waiting === 0) return false;
    const counts = await queue.getJobCounts('failed', 'waiting', 'active', 'delayed');
    const failing = (counts['failed'] ?? 0) + (counts['waiting'] ?? 0) + (counts['active'] ?? 0);
    return dead > failing || waiting > (counts['delayed'] ?? 0);
  }

  async #pass(): Promise<void> {
    const { kernel, service, groups } = this.#options;
    await this.#pages(
      (after) => kernel.query<RawDeadLetter>(DEAD_PAGE, [service, after, PAGE]),
      (raw) => deadJob(toDeadLetter(raw)),
    );
    const byId = new Map(groups.map((group) => [group.id, group]));
    await this.#pages(
      (after) => kernel.query<RawWaiting>(WAITING_PAGE, [this.#groupIds, after, PAGE]),
      (raw) => {
        const group = byId.get(raw.grp);
        return group && waitingJob(group, raw, this.#clock.now());
      },
    );
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

  get #groupIds(): readonly number[] {
    return this.#options.groups.map(({ id }) => id);
  }
}

function waitingJob(group: SubscribedGroup, raw: RawWaiting, now: number): JobSpec {
  const { id, lane, key, sender, message_id: messageId, attempts } = raw;
  const row = { id: Number(id), lane, key: key ?? undefined, sender, messageId };
  return retryJob({ group, row, attempts, dueAt: raw.due, reason: raw.reason ?? '' }, now);
}
