import type { SubscribedGroup } from '../consumer-group.js';
import type { LaneRow } from '../lanes/lane-row.js';

/** A stored message that waits for its next attempt. */
export interface WaitingMessage {
  readonly group: SubscribedGroup;
  readonly row: Pick<LaneRow, 'id' | 'lane' | 'key' | 'sender' | 'messageId'>;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  readonly reason: string;
}
