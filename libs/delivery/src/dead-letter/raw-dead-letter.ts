import { DeadLetter } from '../schema/dead-letter.entity.js';
import type { Failure } from '../schema/failure.js';

/** A row of `dead_letter` as a plain query yields it. */
export interface RawDeadLetter {
  readonly id: string;
  readonly source: 'inbox' | 'outbox';
  readonly service: string;
  readonly grp: number;
  readonly lane: number;
  readonly channel: string;
  readonly type: string;
  readonly handler: string;
  readonly sender: string;
  readonly message_id: string;
  readonly item: string | null;
  readonly key: string | null;
  readonly envelope: string;
  readonly code: string;
  readonly reason: string;
  readonly stack: string | null;
  readonly attempts: number;
  readonly failures: Failure[];
  readonly hook_error: string | null;
  readonly received_at: Date;
  readonly at: Date;
}

export function toDeadLetter({ message_id, hook_error, received_at, ...same }: RawDeadLetter): DeadLetter {
  return Object.assign(new DeadLetter(), same, {
    messageId: message_id,
    hookError: hook_error,
    receivedAt: received_at,
  });
}
