import { describe, expect, it } from '@jest/globals';
import { orderSrv } from './srv-order.js';

const record = (name: string, priority: number, weight: number) => ({ name, port: 5222, priority, weight });
const names = (records: readonly { readonly name: string }[]) => records.map(({ name }) => name).join(' ');

describe('SRV records', () => {
  it('are tried by priority', () => {
    expect(names(orderSrv([record('b', 20, 0), record('a', 10, 0)], Math.random))).toBe('a b');
  });

  it('of one priority come first as their weights say', () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const heavy = Array.from(
      { length: 1_000 },
      () => orderSrv([record('light', 1, 1), record('heavy', 1, 3)], random)[0]!,
    );
    const share = heavy.filter(({ name }) => name === 'heavy').length / 1_000;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });

  it('may say that there is no service', () => {
    expect(orderSrv([record('.', 0, 0)], Math.random)).toEqual([]);
  });
});
