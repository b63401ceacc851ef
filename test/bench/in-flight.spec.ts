import { describe, expect, it } from '@jest/globals';
import { inFlight } from './in-flight.js';

describe('tasks in flight', () => {
  it('are as many as asked for, and all ended when the work is over', async () => {
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const { operations, latencies } = await inFlight(task, { concurrency: 3, milliseconds: 5 });
    expect({ most, running }).toEqual({ most: 3, running: 0 });
    expect(latencies).toHaveLength(operations);
  });
});
