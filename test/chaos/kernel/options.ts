import { parseArgs } from 'node:util';

export interface KernelChaosOptions {
  /** Processes killed at random moments; every fault point on the way is struck once besides. */
  readonly kills: number;
  /** Messages published in all. */
  readonly messages: number;
  /** Messages a second, at most: what is published faster than it is handled would measure the queue, not the recovery. */
  readonly rate: number;
  /** Decides victims and moments. */
  readonly seed: number;
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} ${text}: write a whole number above 0.`);
  return value;
}

/** @throws Error naming the argument that is wrong */
export function kernelOptions(args: readonly string[]): KernelChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '20' },
      messages: { type: 'string', default: '8000' },
      rate: { type: 'string', default: '400' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
    },
  });
  return {
    kills: count(values.kills, 'kills'),
    messages: count(values.messages, 'messages'),
    rate: count(values.rate, 'rate'),
    seed: count(values.seed, 'seed'),
  };
}
