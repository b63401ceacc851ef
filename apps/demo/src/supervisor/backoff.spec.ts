import { describe, expect, it } from '@jest/globals';
import { restartDelay } from './backoff.js';

describe('the delay before a restart', () => {
  it('doubles from a quarter of a second and stays at five seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(restartDelay)).toEqual([
      250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
    ]);
  });
});
