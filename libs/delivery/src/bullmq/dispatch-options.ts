import { Backoffs, type BackoffOptions, type JobsOptions } from 'bullmq';
import type { RetryPolicy } from '../retry.js';
import type { WorkerOptions } from './backend.js';

/** What a message is known by when its job is made. */
export interface QueuedMessage {
  readonly channel: string;
  readonly handler: string;
  /** Contract type. */
  readonly type: string;
  readonly sender: string;
  readonly messageId: string;
  readonly key: string | null;
}

/** Options of a message's job; its id, delay and end are delivery's. */
export type MessageJobOptions = Omit<JobsOptions, 'jobId' | 'delay' | 'removeOnFail' | 'repeat'>;

/** BullMQ's own options for messages that it dispatches. */
export interface BullMQOptions {
  /** Of the service queue's worker: `concurrency` (default: the largest `inflight`), `limiter`, `lockDuration`, `metrics` … */
  readonly worker?: WorkerOptions;
  /** Of the jobs: `priority`, `lifo` …; `attempts` and `backoff` are their retry policy. For all, or message by message. */
  readonly job?: MessageJobOptions | ((message: QueuedMessage) => MessageJobOptions);
}

/** The job options of one message. */
export function jobOptions({ job }: BullMQOptions, message: QueuedMessage): MessageJobOptions {
  return (typeof job === 'function' ? job(message) : job) ?? {};
}

/** The retry policy of a handler, where job options for all say otherwise. */
export function jobPolicy({ job, worker }: BullMQOptions, policy: RetryPolicy): RetryPolicy {
  if (typeof job !== 'object') return policy;
  const backoff = job.backoff === undefined ? undefined : Backoffs.normalize(job.backoff);
  return {
    ...policy,
    ...(job.attempts !== undefined && { attempts: job.attempts }),
    ...(backoff !== undefined && { delay: backoffDelay(backoff, worker) }),
  };
}

type Strategy = NonNullable<NonNullable<WorkerOptions['settings']>['backoffStrategy']>;

/** BullMQ's delays; of a strategy of one's own only a number counts, not a promise. */
function backoffDelay(backoff: BackoffOptions, worker: WorkerOptions | undefined): RetryPolicy['delay'] {
  const strategy: Strategy | undefined = worker?.settings?.backoffStrategy;
  const builtIn = Backoffs.builtinStrategies[backoff.type]?.(backoff.delay ?? 0, backoff.jitter);
  const chosen = builtIn ?? strategy;
  return (attempt) => {
    const delay = chosen?.(attempt, backoff.type);
    return typeof delay === 'number' ? Math.max(0, delay) : 0;
  };
}
