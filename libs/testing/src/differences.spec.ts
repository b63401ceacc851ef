import { describe, expect, it } from '@jest/globals';
import { differences } from './differences.js';

describe('differences', () => {
  it('are none between an instance and what it looks like on the wire', () => {
    class Order {
      at = new Date(0);
      note = undefined;
    }
    expect(differences([new Order()], [{ at: '1970-01-01T00:00:00.000Z' }])).toEqual([]);
  });

  it('name each place', () => {
    expect(differences([{ a: { b: 1 }, c: 2 }], [{ a: { b: 2 }, d: 3 }, 'more'])).toEqual([
      '[0].a.b: expected 1, got 2',
      '[0].c: missing, expected 2',
      '[0].d: not expected, got 3',
      "[1]: not expected, got 'more'",
    ]);
    expect(differences({ a: 1 }, [])).toEqual(['the whole: expected { a: 1 }, got []']);
  });

  it('beyond twenty are counted', () => {
    const lines = differences(Array(30).fill(1), Array(30).fill(2));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('… and 10 more differences');
  });
});
