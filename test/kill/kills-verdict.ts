import { seconds, type Verdict } from '../support/orders/verdict.js';
import type { KillOptions } from './options.js';
import { VICTIMS } from './plan.js';
import type { Kill } from './rounds.js';

/** Whether every planned kill took place, and every victim came back. */
export function killsVerdict({ rounds, seed }: KillOptions, kills: readonly Kill[]): Verdict {
  const byVictim = VICTIMS.map((victim) => `${victim} ${kills.filter((kill) => kill.victim === victim).length}`);
  const slowest = Math.max(0, ...kills.map(({ backAfter }) => backAfter ?? 0));
  return {
    rows: [
      ['seed', seed],
      ['kills', `${kills.length} (${byVictim.join(', ')}); slowest return ${seconds(slowest)}`],
    ],
    faults: [
      ...kills.filter(({ backAfter }) => backAfter === undefined).map(({ victim }) => `never came back: ${victim}`),
      ...(kills.length === rounds ? [] : [`${kills.length} kills instead of ${rounds}`]),
    ],
  };
}
