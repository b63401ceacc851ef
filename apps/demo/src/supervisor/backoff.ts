/** Milliseconds before a child is started again after `failures` deaths in a row: 250, 500, 1000 … 5000. */
export function restartDelay(failures: number): number {
  return Math.min(250 * 2 ** Math.min(failures - 1, 10), 5_000);
}

/** A child that lived this long (milliseconds) begins again with the shortest delay. */
export const STEADY_AFTER = 10_000;
