import { describe, expect, it } from '@jest/globals';
import { killsVerdict } from './kills-verdict.js';

const options = { rounds: 1, orders: 10, seed: 7 };

describe('the verdict on the kills', () => {
  it('is good when each took place and its victim came back', () => {
    const { rows, faults } = killsVerdict(options, [{ victim: 'billing', at: 0, backAfter: 900 }]);
    expect(faults).toEqual([]);
    expect(rows[1]?.[1]).toBe(
      '1 (orders 0, inventory 0, billing 1, monitor 0, postgres 0, serve 0); slowest return 0.9 s',
    );
  });

  it('is bad for a victim that never came back, and for a kill that never took place', () => {
    const kills = [{ victim: 'serve', at: 0, backAfter: undefined }] as const;
    expect(killsVerdict(options, kills).faults).toEqual(['never came back: serve']);
    expect(killsVerdict(options, []).faults).toEqual(['0 kills instead of 1']);
  });
});
