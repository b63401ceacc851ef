import { milliseconds, NestanzaError, type Duration } from '@nestanza/core';

/** When a failed attempt of a step is repeated. */
export interface RetryPolicy {
  /** Attempts in all, the first included. Default 11. */
  readonly attempts?: number;
  /** Before the second attempt; grows by `factor`. Default `'200ms'`. */
  readonly delay?: Duration;
  /** Default 3. */
  readonly factor?: number;
  /** No wait is longer. Default `'10m'`. */
  readonly maxDelay?: Duration;
}

export const DEFAULT_RETRY = { attempts: 11, delay: '200ms', factor: 3, maxDelay: '10m' } as const;

/**
 * Milliseconds until the next attempt, half of them random; `undefined` when that was the last one.
 * @param attempt - number of the attempt that failed, from 1
 * @param random - in [0, 1)
 */
export function retryDelay(policy: RetryPolicy | false, attempt: number, random: number): number | undefined {
  if (policy === false) return undefined;
  const { attempts, delay, factor, maxDelay } = { ...DEFAULT_RETRY, ...policy };
  if (attempt >= attempts) return undefined;
  const full = Math.min(milliseconds(maxDelay), milliseconds(delay) * factor ** (attempt - 1));
  return full * (0.5 + random / 2);
}

const CLIENT_FAULTS_WORTH_A_RETRY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * True when repeating the same attempt cannot help, and when it surely had no effect: a contract's declared error,
 * `Reject`, whatever Nestanza calls not retryable, and an HttpException of the 4xx kind.
 */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NestanzaError) return !error.retryable;
  if (typeof error !== 'object' || error === null || !('getStatus' in error)) return false;
  const status: unknown = typeof error.getStatus === 'function' ? error.getStatus() : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 && !CLIENT_FAULTS_WORTH_A_RETRY.has(status);
}
