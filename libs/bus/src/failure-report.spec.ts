import { describe, expect, it } from '@jest/globals';
import { failureReport } from './failure-report.js';

const error = Object.assign(new Error('no such table'), {
  stack: 'Error: no such table\n    at Orders.onPlaced (orders.ts:7:1)',
});

describe('the block of a failing handler', () => {
  it('says which, how often, why, when again, and what to type and open', () => {
    const block = failureReport(
      {
        handler: 'Orders.onPlaced',
        channel: 'pubsub:orders/placed',
        id: 'e-1',
        error,
        attempt: 2,
        attempts: 11,
        next: 1_250,
        command: 'nestanza dlq show e-1',
        page: 'http://localhost:3000/queues',
      },
      1_000,
    );
    expect(block).toBe(
      [
        'Orders.onPlaced failed, attempt 2 of 11: no such table',
        '  message  e-1 on pubsub:orders/placed',
        '  fate     runs again in 250 ms',
        '  command  nestanza dlq show e-1',
        '  page     http://localhost:3000/queues',
        '  at Orders.onPlaced (orders.ts:7:1)',
      ].join('\n'),
    );
  });

  it.each([
    [1_000, 'at once'],
    [3_500, 'in 2.5 s'],
    [601_000, 'in 10 min'],
  ])('tells the wait until %d in words', (next, words) => {
    const block = failureReport({ handler: 'h', channel: 'c', id: 'i', error, next }, 1_000);
    expect(block).toContain(`runs again ${words}`);
  });
});
