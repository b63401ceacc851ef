import type { Placement } from './customers.js';
import type { Ledger } from './ledger.js';
import type { KillOptions } from './options.js';
import type { Outcome } from './outcomes.js';
import { VICTIMS } from './plan.js';
import type { Kill } from './rounds.js';

export interface Findings {
  readonly options: KillOptions;
  readonly kills: readonly Kill[];
  readonly placements: readonly Placement[];
  readonly outcomes: readonly Outcome[];
  readonly ledger: Ledger;
}

export interface Verdict {
  readonly text: string;
  /** What must not happen, one line each; empty: the promise held. */
  readonly faults: readonly string[];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

function faultsOf({ options, kills, placements, outcomes, ledger }: Findings): string[] {
  const of = (list: readonly Outcome[], what: string): string[] =>
    list.map(({ orderId, history }) => `${what}: ${orderId} (${history})`);
  const unexpected = outcomes.filter(({ final, placement }) => final && final !== placement.order.expected);
  return [
    ...of(
      outcomes.filter(({ final }) => final === undefined),
      'lost',
    ),
    ...of(unexpected, 'ended otherwise than it must'),
    ...of(
      outcomes.filter(({ orderId, final }) => final !== 'shipped' && ledger.has(orderId)),
      'charged, not shipped',
    ),
    ...of(
      outcomes.filter(({ orderId, final }) => final === 'shipped' && !ledger.has(orderId)),
      'shipped, not charged',
    ),
    ...[...ledger]
      .filter(([, charges]) => charges > 1)
      .map(([orderId, charges]) => `charged ${charges} times: ${orderId}`),
    ...kills.filter(({ backAfter }) => backAfter === undefined).map(({ victim }) => `never came back: ${victim}`),
    ...(kills.length === options.rounds ? [] : [`${kills.length} kills instead of ${options.rounds}`]),
    // Nothing acknowledged proves nothing.
    ...(outcomes.length >= placements.length / 2
      ? []
      : [`only ${outcomes.length} of ${placements.length} acknowledged`]),
  ];
}

/** What the run found, as people read it, and what was wrong with it. */
export function verdict(findings: Findings): Verdict {
  const { options, kills, placements, outcomes, ledger } = findings;
  const faults = faultsOf(findings);
  const number = (start: string): number => faults.filter((fault) => fault.startsWith(start)).length;
  const byVictim = VICTIMS.map((victim) => `${victim} ${kills.filter((kill) => kill.victim === victim).length}`);
  const slowest = Math.max(0, ...outcomes.map(({ took }) => took ?? 0));
  const slowestReturn = Math.max(0, ...kills.map(({ backAfter }) => backAfter ?? 0));
  const repeated = placements.filter(({ attempts }) => attempts > 1).length;
  const ended = ['shipped', 'cancelled', 'refused'].map(
    (final) => `${final} ${outcomes.filter((outcome) => outcome.final === final).length}`,
  );
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', options.seed],
    ['kills', `${kills.length} (${byVictim.join(', ')}); slowest return ${seconds(slowestReturn)}`],
    ['attempted', `${placements.length} orders; ${repeated} of them had to be repeated`],
    ['acknowledged', `${outcomes.length} (${ended.join(', ')})`],
    ['indeterminate', placements.length - outcomes.length],
    ['lost', number('lost')],
    ['doubled', number('charged ') - number('charged, not shipped')],
    ['charged, not shipped', number('charged, not shipped')],
    ['charges', [...ledger.values()].reduce((sum, charges) => sum + charges, 0)],
    ['slowest', `${seconds(slowest)} from acknowledgement to final status`],
  ];
  const text = rows.map(([name, value]) => `${name.padEnd(22)}${value}`).join('\n');
  return { text: [text, ...faults].join('\n'), faults };
}
