import type { Work } from './scenario.js';

export interface InFlightOptions {
  readonly concurrency: number;
  readonly milliseconds: number;
}

/** Keeps `concurrency` tasks in flight for the given time, then lets the last ones end. A task that fails ends it all. */
export async function inFlight(task: () => Promise<unknown>, options: InFlightOptions): Promise<Work> {
  const { concurrency, milliseconds } = options;
  const latencies: number[] = [];
  const end = performance.now() + milliseconds;
  async function lane(): Promise<void> {
    for (let begun = performance.now(); begun < end;) {
      await task();
      const now = performance.now();
      latencies.push(now - begun);
      begun = now;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { operations: latencies.length, latencies };
}
