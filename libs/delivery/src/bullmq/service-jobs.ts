import type { Log } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { SubscribedGroup } from '../consumer-group.js';
import type { WaitingMessage } from '../handling/waiting-message.js';
import type { DeadLetter } from '../schema/dead-letter.entity.js';
import type { Closable, QueueBackend } from './backend.js';
import { jobProcessor, type JobProcessorOptions } from './job-processor.js';
import type { BullMQOptions } from './dispatch-options.js';
import { deadJob, retryJob, SHORT_WAIT } from './jobs.js';
import { JobProjector } from './projector.js';
import { JobReconciler } from './reconciler.js';

export interface ServiceJobsOptions {
  readonly kernel: Kernel;
  readonly backend: QueueBackend;
  readonly service: string;
  readonly groups: readonly SubscribedGroup[];
  /** Whether this process is the one that reconciles for its service. */
  readonly appointed: () => boolean;
  /** For messages that BullMQ dispatches, and how many of them run at once. */
  readonly dispatch: {
    readonly options: BullMQOptions;
    readonly groups: () => readonly number[];
    readonly concurrency: number;
  };
  readonly log: Log;
}

/** BullMQ's part: whatever waits or went wrong is a real job of the service queue. */
export class ServiceJobs {
  readonly #options: ServiceJobsOptions;
  /** Adds jobs. */
  readonly projector: JobProjector;
  readonly #reconciler: JobReconciler;
  #worker: Closable | undefined;

  constructor(options: ServiceJobsOptions) {
    this.#options = options;
    const { queue } = options.backend;
    this.projector = new JobProjector(queue, options.log);
    this.#reconciler = new JobReconciler({ ...options, queue });
  }

  start(actions: Omit<JobProcessorOptions, 'kernel'>): void {
    const { backend, kernel, dispatch } = this.#options;
    const { options, concurrency } = dispatch;
    // A worker that only carries hints keeps to the default.
    const sized = dispatch.groups().length === 0 ? {} : { concurrency };
    this.#worker = backend.work(jobProcessor({ kernel, ...actions }), { ...sized, ...options.worker });
    this.#reconciler.start();
  }

  /** A message waits for its next attempt. */
  waiting(message: WaitingMessage): void {
    const now = Date.now();
    if (message.dueAt - now > SHORT_WAIT) this.projector.add(retryJob(message, now));
  }

  /** A message is a dead letter. */
  dead(letter: DeadLetter): void {
    this.projector.add(deadJob(letter));
  }

  /** There are rows without jobs. */
  look(): void {
    this.#reconciler.look();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#worker?.close(), this.#reconciler.stop(), this.projector.idle()]);
  }
}
