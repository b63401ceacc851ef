import type { Placement } from './customers.js';
import type { Ledger } from './ledger.js';
import type { Outcome } from './outcomes.js';

export interface Findings {
  readonly placements: readonly Placement[];
  /** Of the acknowledged orders. */
  readonly outcomes: readonly Outcome[];
  readonly ledger: Ledger;
}

/** A line of the report: what was counted, and the count. */
export type Row = readonly [name: string, value: string | number];

export interface Verdict {
  readonly rows: readonly Row[];
  /** What must not have happened, one line each; empty: the promise held. */
  readonly faults: readonly string[];
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

/** Whether every acknowledged order ended as it must, charged once or not at all. */
export function verdict({ placements, outcomes, ledger }: Findings): Verdict {
  const lost = outcomes.filter(({ final }) => final === undefined);
  const doubled = [...ledger].filter(([, charges]) => charges > 1);
  const unpaid = outcomes.filter(({ orderId, final }) => final === 'shipped' && !ledger.has(orderId));
  const overpaid = outcomes.filter(({ orderId, final }) => final !== 'shipped' && ledger.has(orderId));
  const otherwise = outcomes.filter(({ final, placement }) => final && final !== placement.order.expected);
  const ended = ['shipped', 'cancelled', 'refused'].map(
    (final) => `${final} ${outcomes.filter((outcome) => outcome.final === final).length}`,
  );
  const repeated = placements.filter(({ attempts }) => attempts > 1).length;
  const charges = [...ledger.values()].reduce((sum, count) => sum + count, 0);
  const slowest = outcomes.reduce<Outcome | undefined>(
    (slow, next) => ((next.took ?? 0) > (slow?.took ?? 0) ? next : slow),
    undefined,
  );
  const list = (faulty: readonly Outcome[], what: string): string[] =>
    faulty.map(({ orderId, history }) => `${what}: ${orderId} (${history})`);
  return {
    rows: [
      ['attempted', `${placements.length} orders; ${repeated} of them had to be repeated`],
      ['acknowledged', `${outcomes.length} (${ended.join(', ')})`],
      ['indeterminate', placements.length - outcomes.length],
      ['lost', lost.length],
      ['doubled', doubled.length],
      ['charged, not shipped', overpaid.length],
      ['charges', charges],
      ['slowest', `${seconds(slowest?.took ?? 0)} from acknowledgement to final status`],
      ['slowest, its journey', slowest?.history ?? 'none'],
    ],
    faults: [
      ...list(lost, 'lost'),
      ...list(otherwise, 'ended otherwise than it must'),
      ...list(overpaid, 'charged, not shipped'),
      ...list(unpaid, 'shipped, not charged'),
      ...doubled.map(([orderId, count]) => `charged ${count} times: ${orderId}`),
      // Nothing acknowledged proves nothing.
      ...(outcomes.length * 2 < placements.length || placements.length === 0
        ? [`only ${outcomes.length} of ${placements.length} orders were acknowledged`]
        : []),
    ],
  };
}

/** The report as people read it. */
export function formatReport({ rows, faults }: Verdict): string {
  return [...rows.map(([name, value]) => `${name.padEnd(22)}${value}`), ...faults].join('\n');
}
