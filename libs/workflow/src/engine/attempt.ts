import { NestanzaError, type Clock, type Timer } from '@nestanza/core';

export interface AttemptOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Longest time between two beats, in milliseconds. */
  readonly heartbeat: number | undefined;
  /** Aborts the attempt from outside. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** By which an attempt is told to end, and says that it goes on. */
export interface Life {
  readonly signal: AbortSignal;
  readonly beat: () => void;
}

export type AttemptOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function tooLate(what: string, timeout: number): NestanzaError {
  const text = `The step ${what} within ${timeout} ms.`;
  return new NestanzaError('NST_WORKFLOW_STEP_TIMEOUT', text, { retryable: true, facts: { timeout } });
}

/**
 * Runs `work` once. At the timeout, or when no beat came in time, its signal aborts and the outcome is
 * `NST_WORKFLOW_STEP_TIMEOUT` (retryable), whatever the work still does. Never rejects.
 */
export async function attempt<T>(
  work: (life: Life) => Promise<T> | T,
  { timeout, heartbeat, signal, clock }: AttemptOptions,
): Promise<AttemptOutcome<T>> {
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  let giveUp!: (error: NestanzaError) => void;
  const late = new Promise<never>((_, reject) => {
    giveUp = (error) => {
      reject(error);
      own.abort(error);
    };
  });
  const timer = clock.after(timeout, () => giveUp(tooLate('did not end', timeout)));
  let pulse: Timer | undefined;
  let over = false;
  const beat = (): void => {
    pulse?.cancel();
    if (heartbeat === undefined || over) return;
    pulse = clock.after(heartbeat, () => giveUp(tooLate('gave no sign of life', heartbeat)));
  };
  beat();
  try {
    return { ok: true, value: await Promise.race([work({ signal: own.signal, beat }), late]) };
  } catch (error) {
    return { ok: false, error };
  } finally {
    over = true;
    timer.cancel();
    pulse?.cancel();
    signal.removeEventListener('abort', abort);
  }
}
