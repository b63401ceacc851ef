import { parseArgs } from 'node:util';

export interface KillOptions {
  /** Kills, one a round. */
  readonly rounds: number;
  /** Orders placed in all, spread over the rounds. */
  readonly orders: number;
  /** Decides victims, moments and orders: the same seed gives the same plan. */
  readonly seed: number;
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} ${text}: write a whole number above 0.`);
  return value;
}

/** @throws Error naming the argument that is wrong */
export function killOptions(args: readonly string[]): KillOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '30' },
      orders: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
    },
  });
  return {
    rounds: count(values.rounds, 'rounds'),
    orders: count(values.orders, 'orders'),
    seed: count(values.seed, 'seed'),
  };
}
