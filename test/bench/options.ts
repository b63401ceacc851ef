import { parseArgs } from 'node:util';
import type { Rounds } from './compare.js';

export interface BenchOptions extends Rounds {
  readonly scenario: string;
  /** Prints one JSON object a line instead of text. */
  readonly json: boolean;
}

/**
 * @param known - the names of all scenarios
 * @throws Error naming the argument that is wrong
 */
export function benchOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '7' },
      turn: { type: 'string', default: '1000' },
    },
  });
  const [scenario, ...others] = positionals;
  if (scenario === undefined || others.length > 0 || !known.includes(scenario)) {
    throw new Error(
      `Write npm run bench -- <scenario> [--json] [--rounds N] [--turn ms], one of: ${known.join(', ')}.`,
    );
  }
  const { json } = values;
  return { scenario, json, rounds: count(values.rounds, 'rounds'), turn: count(values.turn, 'turn') };
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} ${text}: write a whole number above 0.`);
  return value;
}
