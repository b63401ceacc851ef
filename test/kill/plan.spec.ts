import { describe, expect, it } from '@jest/globals';
import { plan, VICTIMS } from './plan.js';

const options = { rounds: 30, orders: 1_000, seed: 7 };

describe('the plan of a kill test', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(plan(options)).toEqual(plan(options));
    expect(plan({ ...options, seed: 8 })).not.toEqual(plan(options));
  });

  it('kills each victim equally often', () => {
    const victims = plan(options).map(({ victim }) => victim);
    for (const victim of VICTIMS) expect(victims.filter((name) => name === victim)).toHaveLength(5);
  });

  it('places every order once, by both ways and with every fate', () => {
    const orders = plan(options).flatMap((round) => round.orders);
    expect(new Set(orders.map(({ key }) => key)).size).toBe(1_000);
    expect(new Set(orders.map(({ via }) => via))).toEqual(new Set(['http', 'pubsub']));
    const fates = new Set(orders.map(({ customer, sku, expected }) => `${customer} ${sku} ${expected}`));
    expect(fates).toEqual(new Set(['ada TEA-01 shipped', 'declined TEA-01 cancelled', 'ada POT-03 cancelled']));
  });
});
