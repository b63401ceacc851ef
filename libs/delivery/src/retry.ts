import { milliseconds, type Duration } from '@nestanza/core';

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** A message older than this is not run again. Milliseconds. */
  readonly maxAge: number;
  /** Milliseconds after the n-th failed attempt. @param random - in [0, 1) */
  readonly delay: (attempt: number, random: number) => number;
}

/** What to do after a failed attempt. */
export type RetryDecision =
  /** Milliseconds from now. */
  | { readonly outcome: 'wait'; readonly delay: number }
  | { readonly outcome: 'give-up'; readonly code: 'NST_DELIVERY_EXHAUSTED' | 'NST_DELIVERY_TOO_OLD' };

const RETRY_DEFAULTS = { attempts: 11, maxAge: '24h' } as const satisfies {
  attempts: number;
  maxAge: Duration;
};

/** A passing fault is often over in a moment: these come without waiting in line. Milliseconds. */
const SHORT = [50, 250] as const;
const FIRST = 2_000;
const FACTOR = 3;
const CAP = 600_000;

export function retryPolicy(options: { readonly attempts?: number; readonly maxAge?: Duration } = {}): RetryPolicy {
  return {
    attempts: options.attempts ?? RETRY_DEFAULTS.attempts,
    maxAge: milliseconds(options.maxAge ?? RETRY_DEFAULTS.maxAge),
    delay: retryDelay,
  };
}

/**
 * The delay after the n-th failed attempt: 50 ms, 250 ms, then a random part ("full jitter") of 2 s × 3ⁿ, at most
 * 10 minutes, so that what failed together does not come back together.
 * @param random - in [0, 1)
 */
export function retryDelay(attempt: number, random: number): number {
  const short = SHORT[attempt - 1];
  if (short !== undefined) return short;
  const ceiling = Math.min(CAP, FIRST * FACTOR ** Math.min(attempt - SHORT.length - 1, 20));
  return Math.max(SHORT[1], Math.round(ceiling * random));
}

/** Decides about a message whose n-th attempt has just failed. */
export function decideRetry(
  failed: { readonly attempt: number; readonly age: number },
  policy: RetryPolicy,
  random: number,
): RetryDecision {
  if (failed.attempt >= policy.attempts) return { outcome: 'give-up', code: 'NST_DELIVERY_EXHAUSTED' };
  const delay = policy.delay(failed.attempt, random);
  if (failed.age + delay > policy.maxAge) return { outcome: 'give-up', code: 'NST_DELIVERY_TOO_OLD' };
  return { outcome: 'wait', delay };
}

/** Decides about a message whose handler asked to run again `delay` milliseconds from now: it may, until it is too old. */
export function decideLater(age: number, delay: number, policy: RetryPolicy): RetryDecision {
  return age + delay > policy.maxAge
    ? { outcome: 'give-up', code: 'NST_DELIVERY_TOO_OLD' }
    : { outcome: 'wait', delay };
}
