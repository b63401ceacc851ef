import { pause } from '@nestanza/core';

export interface Patience {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/** The first value that `ask` has, asked every 50 ms; `undefined` when it has none in time, or `signal` aborts. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  { until, signal }: Patience,
): Promise<T | undefined> {
  for (;;) {
    const value = await ask();
    if (value !== undefined || signal.aborted || Date.now() > until) return value;
    await pause(50, { signal });
  }
}
