import { faultPoint } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { UnrecoverableError } from 'bullmq';
import { HURRY } from '../lanes/lane-statements.js';
import { GONE_LETTERS } from './reconciler-statements.js';
import type { ServiceJob, ServiceJobData } from './service-queue.js';

const replayed = faultPoint('dead-letter.replayed');

export interface JobProcessorOptions {
  readonly kernel: Kernel;
  /** Replays a dead letter; `false` when it was gone. */
  readonly replay: (letter: string) => Promise<boolean>;
  /** A waiting message of this group has become due; its lane belongs to this process, or nobody. */
  readonly onHurried: (group: number, owner: string | null) => void;
  /** Runs the row of a message's job. */
  readonly perform: (job: ServiceJob, token: string | undefined) => Promise<void>;
}

export type JobProcessor = (job: ServiceJob, token: string | undefined) => Promise<void>;

/**
 * What a job of the service queue does. A dead letter fails with its stored reason at the first run, and replays at any
 * later one: that is the Retry button. A retry makes its message due: by the end of its delay, or by Promote. A message
 * runs its row.
 */
export function jobProcessor({ kernel, replay, onHurried, perform }: JobProcessorOptions): JobProcessor {
  return async (job, token) => {
    if (job.data.kind === 'message') return perform(job, token);
    if (job.data.kind === 'retry') return hurry(job.data);
    if (job.attemptsMade === 0) return fail(job.data);
    await replay(job.data.row);
    await replayed();
  };

  /** A job made from what was read just before its letter was replayed or discarded has nothing to say. */
  async function fail(data: ServiceJobData): Promise<void> {
    const [gone] = await kernel.query<{ id: string }>(GONE_LETTERS, [[data.row]]);
    if (gone === undefined) throw deadLetterError(data);
  }

  async function hurry({ group, lane, row, attempts }: ServiceJobData): Promise<void> {
    const [found] = await kernel.query<{ owner: string | null }>(HURRY, [group, lane, row, attempts]);
    if (found !== undefined) onHurried(group, found.owner);
  }
}

function deadLetterError({ reason, stack }: ServiceJobData): UnrecoverableError {
  const error = new UnrecoverableError(reason);
  if (stack !== undefined) error.stack = stack;
  return error;
}
