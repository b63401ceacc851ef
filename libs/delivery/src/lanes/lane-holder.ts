import type { OwnedLane } from './lanes.js';

/** Milliseconds between two sweeps. */
export const SWEEP_INTERVAL = 1_000;

/** Something that works on the lanes of one group, told by the balancer which of them it owns. */
export interface LaneHolder {
  /** Id of the group. */
  readonly group: number;
  /** How many lanes it keeps. */
  readonly kept: number;
  /** Lanes it no longer needs and has stopped working on. */
  readonly releasable: readonly number[];
  /** These are the lanes owned, and no others. */
  own(lanes: readonly OwnedLane[]): void;
  /** Chooses so many lanes to give away; they show up as `releasable` when nothing of theirs runs. */
  shed(count: number): void;
  /** Once a second: look for anything that no wake-up told of. */
  sweep(): void;
}
