import { NestanzaError, type Clock } from '@nestanza/core';

export interface AttemptOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Aborts the attempt from outside. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export type AttemptOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/**
 * Runs `work` once. At the timeout its signal aborts and the outcome is `NST_WORKFLOW_STEP_TIMEOUT` (retryable),
 * whatever the work still does. Never rejects.
 */
export async function attempt<T>(
  work: (signal: AbortSignal) => Promise<T> | T,
  { timeout, signal, clock }: AttemptOptions,
): Promise<AttemptOutcome<T>> {
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  let giveUp: (error: NestanzaError) => void;
  const late = new Promise<never>((_, reject) => (giveUp = reject));
  const timer = clock.after(timeout, () => {
    const error = new NestanzaError('NST_WORKFLOW_STEP_TIMEOUT', `The step did not end within ${timeout} ms.`, {
      retryable: true,
      facts: { timeout },
    });
    giveUp(error);
    own.abort(error);
  });
  try {
    return { ok: true, value: await Promise.race([work(own.signal), late]) };
  } catch (error) {
    return { ok: false, error };
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', abort);
  }
}
