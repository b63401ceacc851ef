import type { SubscribedGroup } from './consumer-group.js';
import type { StoredRow } from './inbox/stored-row.js';

/** What a dispatcher promises beyond handling every row at least once. */
export interface DispatcherPromises {
  /** Rows of one key run one after another, in the order they were taken in. */
  readonly orderPerKey: boolean;
  /** After ten failures in a row of one handler its rows are tried one at a time, until one succeeds. */
  readonly probing: boolean;
  /** Rows may overtake others by a priority. */
  readonly priority: boolean;
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
  /** These rows of a group have just been stored, by this process. */
  stored(group: number, rows: readonly StoredRow[]): void;
  /** A row of this group that waited is due now. */
  hurry(group: number, owner: string | null): void;
  /** Starts no more rows; resolves when none runs. Runs still going at the deadline are told by their signal. */
  drain(deadline: AbortSignal): Promise<void>;
}
