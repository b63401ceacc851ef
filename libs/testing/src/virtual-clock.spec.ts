import { describe, expect, it } from '@jest/globals';
import { pause } from '@nestanza/core';
import { VirtualClock } from './virtual-clock.js';

describe('a virtual clock', () => {
  it('stands until it is moved, and runs what becomes due in its order and at its time', async () => {
    const clock = new VirtualClock(0);
    const runs: string[] = [];
    clock.after(2_000, () => runs.push(`second at ${clock.now()}`));
    clock.after(1_000, () => runs.push(`first at ${clock.now()}`));
    clock.after(9_000, () => runs.push('too early'));
    await clock.advance('3s');
    expect(runs).toEqual(['first at 1000', 'second at 2000']);
    expect(clock.now()).toBe(3_000);
    expect(clock.pending).toBe(1);
  });

  it('runs what follows by promises, and the timers it sets, within one move', async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    const work = (async () => {
      await pause(100, { clock });
      await pause(100, { clock });
      return clock.now() - start;
    })();
    await clock.advance(1_000);
    expect(await work).toBe(200);
  });

  it('forgets what was cancelled', async () => {
    const clock = new VirtualClock();
    clock.after(1, () => expect(true).toBe(false)).cancel();
    await clock.advance('1d');
    expect(clock.pending).toBe(0);
  });
});
