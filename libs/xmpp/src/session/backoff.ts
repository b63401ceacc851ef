/** Delay before the first reconnect, in milliseconds, before jitter. */
const FIRST = 250;
/** Longest delay. */
const LONGEST = 10_000;

/**
 * Milliseconds to wait before connection attempt `attempt`, 2 being the first repetition: doubling, capped at 10 s,
 * with full jitter over its upper half so that clients of a restarted server do not return in step.
 * @param random - in [0, 1)
 */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.max(0, attempt - 2));
  return Math.round(ceiling * (0.5 + random / 2));
}
