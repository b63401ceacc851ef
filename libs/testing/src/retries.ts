import { type Duration, milliseconds, NestanzaError, pause } from '@nestanza/core';
import type { ServiceQueue } from '@nestanza/delivery';
import type { DatabaseSession } from '@nestanza/postgres/internal';

/** A message whose handler has failed, and which waits for its next attempt. */
export interface RetryingMessage {
  /** Channel text. */
  readonly channel: string;
  readonly group: string;
  readonly id: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly retryAt: Date;
  /** What the last attempt failed with. */
  readonly error: string;
}

const RETRYING = `
  select g.channel, g.name as "group", i.message_id as id, i.attempts, i.retry_at as "retryAt",
    coalesce(i.failures->-1->>'message', '') as error
  from nestanza.inbox i join nestanza.consumer_group g on g.id = i.grp where i.retry_at is not null order by i.id`;

/** Rows that wait for long enough to be a job of the service queue. */
const LONG = `
  select 'retry-' || id || '-' || attempts as job from nestanza.inbox where retry_at > clock_timestamp() + interval '1 s'`;

export function retryingMessages(session: DatabaseSession): Promise<readonly RetryingMessage[]> {
  return session.query<RetryingMessage>(RETRYING);
}

/**
 * Lets every message that waits for its next attempt have it now, as the Promote button of a queue's dashboard does.
 * Resolves when they are due.
 * @throws NestanzaError `NST_TESTING_RETRY` when some still wait at the end
 */
export async function retryNow(
  session: DatabaseSession,
  { queues, within }: { readonly queues: readonly ServiceQueue[]; readonly within: Duration },
): Promise<void> {
  const end = performance.now() + milliseconds(within);
  const waiting = async () => (await session.query<{ job: string }>(LONG)).map(({ job }) => job);
  const wanted = new Set(await waiting());
  for (let left = [...wanted]; left.length > 0; left = (await waiting()).filter((job) => wanted.has(job))) {
    if (performance.now() >= end) {
      throw new NestanzaError('NST_TESTING_RETRY', `${left.length} messages could not be made due.`);
    }
    for (const queue of queues) {
      for (const job of await queue.getDelayed()) {
        if (left.includes(job.id ?? '')) await job.promote();
      }
    }
    await pause(20);
  }
}
