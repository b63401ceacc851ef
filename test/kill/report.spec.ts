import { describe, expect, it } from '@jest/globals';
import type { Placement } from './customers.js';
import type { Outcome } from './outcomes.js';
import { verdict, type Findings } from './report.js';

const placement = (key: string, expected: 'shipped' | 'cancelled' = 'shipped'): Placement => ({
  order: { key, via: 'http', customer: 'ada', sku: 'TEA-01', expected },
  orderId: key,
  acknowledgedAt: 0,
  attempts: 1,
});

const outcome = (key: string, final: Outcome['final'], expected: 'shipped' | 'cancelled' = 'shipped'): Outcome => ({
  placement: placement(key, expected),
  orderId: key,
  final,
  took: 100,
  history: 'placed',
});

const good: Findings = {
  options: { rounds: 1, orders: 2, seed: 1 },
  kills: [{ victim: 'billing', at: 0, backAfter: 900 }],
  placements: [placement('a'), placement('b', 'cancelled')],
  outcomes: [outcome('a', 'shipped'), outcome('b', 'cancelled', 'cancelled')],
  ledger: new Map([['a', 1]]),
};

const faults = (findings: Partial<Findings>): readonly string[] => verdict({ ...good, ...findings }).faults;

describe('the verdict of a kill test', () => {
  it('is good when every acknowledged order ended as it must, charged once or not at all', () => {
    expect(verdict(good).faults).toEqual([]);
    expect(verdict(good).text).toMatch(/lost +0\ndoubled +0/);
  });

  it.each<[string, Partial<Findings>, string]>([
    ['an order that is not final', { outcomes: [outcome('a', undefined), good.outcomes[1]!] }, 'lost: a'],
    ['an order charged twice', { ledger: new Map([['a', 2]]) }, 'charged 2 times: a'],
    [
      'an order charged twice that nobody acknowledged',
      { ledger: new Map([...good.ledger, ['c', 2]]) },
      'charged 2 times: c',
    ],
    ['a cancelled order that was charged', { ledger: new Map([...good.ledger, ['b', 1]]) }, 'charged, not shipped: b'],
    ['a shipped order that was not charged', { ledger: new Map() }, 'shipped, not charged: a'],
    [
      'an order that ended otherwise',
      { outcomes: [outcome('a', 'shipped'), outcome('b', 'shipped', 'cancelled')] },
      'ended otherwise than it must: b',
    ],
    [
      'a victim that never came back',
      { kills: [{ victim: 'serve', at: 0, backAfter: undefined }] },
      'never came back: serve',
    ],
    ['a run without its kills', { kills: [] }, '0 kills instead of 1'],
    ['a run in which nothing was acknowledged', { outcomes: [] }, 'only 0 of 2 acknowledged'],
  ])('is bad for %s', (_, findings, expected) => {
    expect(faults(findings)).toContainEqual(expect.stringContaining(expected));
  });
});
