import type { DurableSubscription } from '@nestanza/bus/internal';

/** Messages of a handler that run at once in a process, where it does not say. */
export const DEFAULT_INFLIGHT = 32;

/** A durable subscription with the group whose rows it handles. */
export interface SubscribedGroup {
  /** Id of the consumer group. */
  readonly id: number;
  /** Channel text. */
  readonly channel: string;
  readonly subscription: DurableSubscription;
}
