import type { ProcessName } from '../support/demo.js';
import type { PlannedOrder } from '../support/orders/planned-order.js';
import type { KillOptions } from './options.js';

export const VICTIMS: readonly ProcessName[] = ['orders', 'inventory', 'billing', 'monitor', 'postgres', 'serve'];

export interface Round {
  readonly victim: ProcessName;
  /** Share of the round's orders that are under way when the victim is killed: 0 to 1. */
  readonly after: number;
  readonly orders: readonly PlannedOrder[];
}

/** Numbers from 0 to below 1, the same for the same seed: Park and Miller's generator. */
function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/** The list in another order (Fisher and Yates). */
function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

function plannedOrder(key: string, random: () => number): PlannedOrder {
  const via = random() < 0.5 ? 'http' : 'pubsub';
  const fate = random();
  if (fate < 0.1) return { key, via, customer: 'declined', sku: 'TEA-01', expected: 'cancelled' };
  if (fate < 0.15) return { key, via, customer: 'ada', sku: 'POT-03', expected: 'cancelled' };
  return { key, via, customer: 'ada', sku: 'TEA-01', expected: 'shipped' };
}

/** Every victim falls equally often, give or take one; the seed decides when and in which order. */
export function plan({ rounds, orders, seed }: KillOptions): Round[] {
  const random = randomFrom(seed);
  const victims: ProcessName[] = [];
  while (victims.length < rounds) victims.push(...shuffled(VICTIMS, random));
  return Array.from({ length: rounds }, (_, round) => {
    const first = Math.floor((orders * round) / rounds);
    const next = Math.floor((orders * (round + 1)) / rounds);
    return {
      victim: victims[round]!,
      after: random(),
      orders: Array.from({ length: next - first }, (__, index) =>
        plannedOrder(`kill-${seed}-${first + index + 1}`, random),
      ),
    };
  });
}
