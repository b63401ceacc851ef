import type { SubscribedGroup } from './consumer-group.js';

/** What a dispatcher promises beyond handling every row at least once. */
export interface DispatcherPromises {
  /** Rows of one key run one after another, in the order they were taken in. */
  readonly orderPerKey: boolean;
}

/**
 * Brings the rows of a group's inbox to their handler, in as many processes as there are. Promises that every row runs
 * until it is finished or a dead letter, at most one process at a time; what else, it declares. Does not promise when.
 */
export interface Dispatcher {
  readonly promises: DispatcherPromises;
  /** Serves this group, from `start` on. */
  add(group: SubscribedGroup): void;
  /** Resolves when rows can run. */
  start(): Promise<void>;
  /** There is a new row in this lane, which belongs to this process (its id) or to nobody. */
  news(group: number, lane: number, owner: string | null): void;
  /** A row of this group that waited is due now. */
  hurry(group: number, owner: string | null): void;
  /** Starts no more rows; resolves when none runs. Runs still going at the deadline are told by their signal. */
  drain(deadline: AbortSignal): Promise<void>;
}
