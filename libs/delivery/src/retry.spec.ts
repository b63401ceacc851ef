import { describe, expect, it } from '@jest/globals';
import { decideLater, decideRetry, retryDelay, retryPolicy } from './retry.js';

const policy = retryPolicy();

describe('the retry schedule', () => {
  it('is 50 ms, 250 ms, then a random part of 2 s × 3ⁿ up to 10 minutes, in 11 attempts', () => {
    const longest = Array.from({ length: 10 }, (_, n) => retryDelay(n + 1, 0.999_999_9));
    expect(longest).toEqual([50, 250, 2_000, 6_000, 18_000, 54_000, 162_000, 486_000, 600_000, 600_000]);
    expect(decideRetry({ attempt: 10, age: 0 }, policy, 0.5)).toEqual({ outcome: 'wait', delay: 300_000 });
    expect(decideRetry({ attempt: 11, age: 0 }, policy, 0.5)).toEqual({
      outcome: 'give-up',
      code: 'NST_DELIVERY_EXHAUSTED',
    });
  });

  it('never comes back at once, whatever the random number', () => {
    expect(retryDelay(3, 0)).toBe(250);
  });

  it('ends for a message that would be older than a day', () => {
    expect(decideRetry({ attempt: 5, age: 86_399_999 }, policy, 0.9)).toEqual({
      outcome: 'give-up',
      code: 'NST_DELIVERY_TOO_OLD',
    });
    expect(decideLater(0, 86_400_001, policy)).toEqual({ outcome: 'give-up', code: 'NST_DELIVERY_TOO_OLD' });
    expect(decideLater(0, 3_600_000, policy)).toEqual({ outcome: 'wait', delay: 3_600_000 });
  });

  it('is as short as the handler says', () => {
    expect(decideRetry({ attempt: 2, age: 0 }, retryPolicy({ attempts: 2 }), 0)).toMatchObject({ outcome: 'give-up' });
  });
});
