import { describe, expect, it } from '@jest/globals';
import { compare } from './compare.js';
import { resultOf } from './result.js';
import type { Contender } from './scenario.js';

/** Writes its name down at every turn. */
function scribe(name: string, diary: string[]): Contender {
  return {
    name,
    open: () =>
      Promise.resolve({
        work: () => {
          diary.push(name);
          return Promise.resolve({ operations: 10, latencies: [1, 2, 3] });
        },
        close: () => {
          diary.push(`${name} closed`);
          return Promise.resolve();
        },
      }),
  };
}

describe('a comparison', () => {
  it('lets contenders work in turn, in reversed order every other round, after one round that is not counted', async () => {
    const diary: string[] = [];
    const group = { concurrency: 1, ours: [scribe('ours', diary)], peers: [scribe('peer', diary)] };
    const figures = await compare(group, { rounds: 3, turn: 1 });
    expect(diary.join(' ')).toBe('ours peer ours peer peer ours ours peer peer closed ours closed');
    expect(figures.map(({ rates }) => rates.length)).toEqual([3, 3]);
    expect(figures[0]).toMatchObject({ name: 'ours', p50: 2, p99: 3 });
  });

  it('closes what was opened when a peer is missing', async () => {
    const diary: string[] = [];
    const missing = { name: 'peer', open: () => Promise.reject(new Error('peer is missing: install it')) };
    const group = { concurrency: 1, ours: [scribe('ours', diary)], peers: [missing] };
    await expect(compare(group, { rounds: 1, turn: 1 })).rejects.toThrow('install it');
    expect(diary).toEqual(['ours closed']);
  });
});

describe('a result', () => {
  it('compares round with round, and takes the median', () => {
    const figures = { p50: undefined, p99: undefined, cpuPerMessage: 1, median: 0 };
    const ours = { ...figures, name: 'ours', rates: [10, 200, 40] };
    const peer = { ...figures, name: 'peer', rates: [5, 50, 40] };
    expect(resultOf({ scenario: 's', concurrency: 1 }, ours, peer)).toMatchObject({
      scenario: 's',
      name: 'ours',
      against: 'peer',
      ratio: 2,
      rounds: 3,
    });
  });
});
