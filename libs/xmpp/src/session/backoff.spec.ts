import { describe, expect, it } from '@jest/globals';
import { backoff } from './backoff.js';

describe('the wait before an attempt', () => {
  it('doubles from a quarter of a second to ten seconds', () => {
    expect([2, 3, 4, 5, 6, 7, 8, 50].map((attempt) => backoff(attempt, 1))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  it('is spread over its upper half', () => {
    expect([0, 0.5, 1].map((random) => backoff(3, random))).toEqual([250, 375, 500]);
  });
});
