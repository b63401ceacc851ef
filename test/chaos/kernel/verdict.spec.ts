import { describe, expect, it } from '@jest/globals';
import { judge, type Effect } from './verdict.js';

const effect = (id: string, at = 0): Effect => ({ id, key: id.split('-')[0] ?? '', n: Number(id.split('-')[1]), at });
const attempts = (acknowledged: Readonly<Record<string, number | undefined>>) =>
  Object.entries(acknowledged).map(([id, acknowledgedAt]) => ({ id, acknowledgedAt }));

describe('the verdict', () => {
  it('finds what was lost, doubled, never attempted and out of order', () => {
    const verdict = judge({
      attempts: attempts({ 'a-1': 1, 'a-2': 1, 'a-3': 1, 'b-1': 1, 'b-2': undefined, 'b-3': undefined }),
      effects: ['a-2', 'a-1', 'b-1', 'b-1', 'b-2', 'c-9'].map((id) => effect(id)),
      outages: [],
    });
    expect(verdict).toMatchObject({
      attempted: 6,
      acknowledged: 4,
      indeterminate: 2,
      recovered: 1,
      lost: ['a-3'],
      doubled: ['b-1'],
      unexpected: ['c-9'],
      orderBreaks: ['a-1'],
    });
  });

  it('takes from the slowest message the time in which nobody could have handled it', () => {
    const { slowest } = judge({
      attempts: attempts({ 'a-1': 1_000, 'a-2': 1_000 }),
      effects: [effect('a-1', 1_500), effect('a-2', 10_000)],
      outages: [
        { from: 3_000, to: 6_000 },
        { from: 2_000, to: 4_000 },
        { from: 9_500, to: 20_000 },
      ],
    });
    expect(slowest).toEqual({ id: 'a-2', milliseconds: 4_500 });
  });
});
