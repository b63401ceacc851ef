import type { DurableSubscription } from '@nestanza/bus/internal';

/** A durable subscription with the group whose rows it handles. */
export interface SubscribedGroup {
  /** Id of the consumer group. */
  readonly id: number;
  /** Channel text. */
  readonly channel: string;
  readonly subscription: DurableSubscription;
}
