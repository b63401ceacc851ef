import type { JobsOptions } from 'bullmq';
import type { SubscribedGroup } from '../consumer-group.js';
import type { WaitingMessage } from '../handling/waiting-message.js';
import type { DeadLetter } from '../schema/dead-letter.entity.js';
import type { StoredRow } from '../inbox/stored-row.js';
import { jobOptions, type BullMQOptions } from './dispatch-options.js';
import type { ServiceJobData } from './service-queue.js';

/** A job as BullMQ's `addBulk` takes it. */
export interface JobSpec {
  readonly name: string;
  readonly data: ServiceJobData;
  readonly opts: JobsOptions;
}

/** A wait shorter than this needs no job. Milliseconds. */
export const SHORT_WAIT = 1_000;

/** A replayed letter stays visible for an hour; one that was not leaves by discard or replay only. */
const DEAD = { attempts: 1, removeOnComplete: { age: 3_600 }, removeOnFail: false } as const;

/** A message may wait again with the same count of attempts: nothing may be left of the job before. */
const RETRY = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

/** The job id of a dead letter. */
export const deadJobId = (letter: string): string => `dead-${letter}`;

/** A dead letter as a job: it fails at once with the stored reason; run again, it replays. */
export function deadJob(letter: DeadLetter): JobSpec {
  return {
    name: letter.type,
    data: {
      kind: 'dead',
      row: letter.id,
      group: letter.grp,
      lane: letter.lane,
      channel: letter.channel,
      handler: letter.handler,
      sender: letter.sender,
      messageId: letter.messageId,
      key: letter.key,
      attempts: letter.attempts,
      reason: letter.reason,
      ...(letter.stack !== null && { stack: letter.stack }),
    },
    opts: { ...DEAD, jobId: deadJobId(letter.id) },
  };
}

/** A waiting message as a delayed job: when its time has come, or by Promote, the message runs. */
export function retryJob({ group, row, attempts, dueAt, reason }: WaitingMessage, now: number): JobSpec {
  return {
    name: group.subscription.type,
    data: {
      kind: 'retry',
      row: String(row.id),
      group: group.id,
      lane: row.lane,
      channel: group.channel,
      handler: group.subscription.handler,
      sender: row.sender,
      messageId: row.messageId,
      key: row.key ?? null,
      attempts,
      reason,
    },
    opts: { ...RETRY, jobId: `retry-${row.id}-${attempts}`, delay: Math.max(0, Math.round(dueAt - now)) },
  };
}

/** A message as a job of its own: it runs the row. The same job from the first attempt to the last. */
export function messageJob(
  group: SubscribedGroup,
  row: Omit<StoredRow, 'owner'>,
  { options, delay = 0 }: { readonly options: BullMQOptions; readonly delay?: number },
): JobSpec {
  const { channel, subscription } = group;
  const { lane, sender, messageId, key } = row;
  const about = { channel, handler: subscription.handler, sender, messageId, key };
  const { attempts: _, backoff: __, ...given } = jobOptions(options, { ...about, type: subscription.type });
  return {
    name: subscription.type,
    data: { kind: 'message', row: row.id, group: group.id, lane, ...about, attempts: 0, reason: '' },
    // A job that failed for want of a database must leave its id to the one that the reconciler makes.
    opts: { removeOnComplete: true, ...given, attempts: 1, removeOnFail: true, delay, jobId: `message-${row.id}` },
  };
}
