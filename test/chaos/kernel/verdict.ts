import type { Attempt } from './journal.js';

/** One effect, as the table without a unique key has it; in the order they were made. */
export interface Effect {
  readonly id: string;
  readonly key: string;
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** When the database or the XMPP server itself was away. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export interface KernelVerdict {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Nobody knows whether their publish committed; `recovered` of them did. */
  readonly indeterminate: number;
  readonly recovered: number;
  /** Acknowledged, and without effect. */
  readonly lost: readonly string[];
  /** With more than one effect. */
  readonly doubled: readonly string[];
  /** With an effect, and never attempted. */
  readonly unexpected: readonly string[];
  /** After which effect of their key an earlier one came. */
  readonly orderBreaks: readonly string[];
  /** The longest time from acknowledgement to effect, less what the database or the XMPP server was away in it. */
  readonly slowest: { readonly id: string; readonly milliseconds: number } | undefined;
}

export interface History {
  readonly attempts: readonly Attempt[];
  readonly effects: readonly Effect[];
  readonly outages: readonly Outage[];
}

/** Holds what was promised against what happened. */
export function judge({ attempts, effects, outages }: History): KernelVerdict {
  const counts = new Map<string, number>();
  const last = new Map<string, number>();
  const orderBreaks: string[] = [];
  for (const { id, key, n } of effects) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    const before = last.get(key) ?? 0;
    if (n < before) orderBreaks.push(id);
    last.set(key, Math.max(n, before));
  }
  const known = new Set(attempts.map(({ id }) => id));
  const acknowledged = attempts.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined);
  const indeterminate = attempts.filter(({ acknowledgedAt }) => acknowledgedAt === undefined);
  return {
    attempted: attempts.length,
    acknowledged: acknowledged.length,
    indeterminate: indeterminate.length,
    recovered: indeterminate.filter(({ id }) => counts.has(id)).length,
    lost: acknowledged.filter(({ id }) => !counts.has(id)).map(({ id }) => id),
    doubled: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
    unexpected: [...counts.keys()].filter((id) => !known.has(id)),
    orderBreaks,
    slowest: slowest(acknowledged, effects, outages),
  };
}

function slowest(
  acknowledged: readonly Attempt[],
  effects: readonly Effect[],
  outages: readonly Outage[],
): KernelVerdict['slowest'] {
  const done = new Map(effects.map(({ id, at }) => [id, at]));
  let worst: KernelVerdict['slowest'];
  for (const { id, acknowledgedAt: from = 0 } of acknowledged) {
    const to = done.get(id);
    if (to === undefined) continue;
    const milliseconds = to - from - away(outages, { from, to });
    if (worst === undefined || milliseconds > worst.milliseconds) worst = { id, milliseconds };
  }
  return worst;
}

/** How much of a span lies in outages, of which several may overlap. */
function away(outages: readonly Outage[], span: Outage): number {
  let total = 0;
  let covered = span.from;
  for (const { from, to } of [...outages].sort((a, b) => a.from - b.from)) {
    const [begin, end] = [Math.max(from, covered), Math.min(to, span.to)];
    if (end <= begin) continue;
    total += end - begin;
    covered = end;
  }
  return total;
}
