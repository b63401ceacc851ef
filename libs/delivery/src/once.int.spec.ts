import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Worlds } from '../test/delivery-world.js';

let worlds: Worlds;

beforeEach(async () => {
  worlds = await Worlds.open();
});

afterEach(() => worlds.close());

describe('an idempotent call', () => {
  const key = { caller: 'orders@localhost', method: 'billing.charge', key: 'order-1' };

  it('runs once; a repeated and a concurrent one get the recorded result', async () => {
    const world = await worlds.open({ handle: () => Promise.resolve() });
    let runs = 0;
    const charge = () =>
      world.delivery.once(key, async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return `charged ${runs}`;
      });
    expect(await Promise.all([charge(), charge(), charge()])).toEqual(['charged 1', 'charged 1', 'charged 1']);
    expect(await charge()).toBe('charged 1');
  });

  it('that fails leaves no record: the next one runs', async () => {
    const world = await worlds.open({ handle: () => Promise.resolve() });
    await expect(world.delivery.once(key, () => Promise.reject(new Error('declined')))).rejects.toThrow('declined');
    expect(await world.delivery.once(key, () => Promise.resolve('charged'))).toBe('charged');
  });
});
