import { describe, expect, it } from '@jest/globals';
import type { Placement } from './customers.js';
import type { Outcome } from './outcomes.js';
import { formatReport, verdict, type Findings } from './verdict.js';

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
  placements: [placement('a'), placement('b', 'cancelled')],
  outcomes: [outcome('a', 'shipped'), outcome('b', 'cancelled', 'cancelled')],
  ledger: new Map([['a', 1]]),
};

const faults = (findings: Partial<Findings>): readonly string[] => verdict({ ...good, ...findings }).faults;
const b = good.outcomes[1]!;

describe('the verdict on a run of orders', () => {
  it('is good when every acknowledged order ended as it must, charged once or not at all', () => {
    expect(verdict(good).faults).toEqual([]);
    expect(formatReport(verdict(good))).toMatch(/lost +0\ndoubled +0/);
  });

  it.each<[string, Partial<Findings>, string]>([
    ['an order that is not final', { outcomes: [outcome('a', undefined), b] }, 'lost: a'],
    ['an order charged twice', { ledger: new Map([['a', 2]]) }, 'charged 2 times: a'],
    ['a double charge that nobody acknowledged', { ledger: new Map([...good.ledger, ['c', 2]]) }, 'charged 2 times: c'],
    ['a charge of a cancelled order', { ledger: new Map([...good.ledger, ['b', 1]]) }, 'charged, not shipped: b'],
    ['a shipped order without a charge', { ledger: new Map() }, 'shipped, not charged: a'],
    [
      'an order that ended otherwise',
      { outcomes: [outcome('a', 'shipped'), outcome('b', 'shipped', 'cancelled')] },
      'ended otherwise than it must: b',
    ],
    ['a run in which nothing was acknowledged', { outcomes: [] }, 'only 0 of 2 orders'],
    ['a run without orders', { placements: [], outcomes: [] }, 'only 0 of 0 orders'],
  ])('is bad for %s', (_, findings, expected) => {
    expect(faults(findings)).toContainEqual(expect.stringContaining(expected));
  });
});
