import { GroupCommitter, type Statement } from '@nestanza/postgres/internal';
import type { StepKind } from '../entities/step-record.entity.js';
import type { Failure } from '../failure.js';
import type { RunStatus } from '../run-status.js';
import { RUN_END, RUN_STEPS } from './advance.sql.js';
import type { Sql } from './sql.js';

/** A step to record; `output` is JSON text. */
export interface NewStep {
  readonly key: string;
  readonly seq: number;
  readonly kind: StepKind;
  readonly attempt: number;
  readonly output: string | null;
  readonly error: Failure | null;
  readonly compensable: boolean;
  /** Milliseconds since the epoch on this process's clock. */
  readonly startedAt: number;
  /** The signal it took. */
  readonly signal?: string;
  /** It may have a timer, or be registered as waiting for an event: that ends with it. */
  readonly awaited?: boolean;
}

/** A timer of a run that parks. */
export interface NewTimer {
  readonly key: string;
  /** Milliseconds from now. */
  readonly remaining: number;
  readonly attempt: number;
  readonly error: Failure | null;
}

/** A change of the run's own row. */
export interface RunChange {
  readonly status: RunStatus;
  /** JSON text. */
  readonly output?: string | null;
  /** Why it fails. */
  readonly error?: Failure;
  /** Why it is stuck. */
  readonly problem?: Failure;
  /** The run stays with this process. */
  readonly keep?: boolean;
  /** Milliseconds until the run is due; `undefined`: a signal alone wakes it. */
  readonly wake?: number;
  readonly waitingFor?: string;
  /** Signals that were seen when this was decided: if more have been sent, the run is due at once. */
  readonly signalsSeen?: number;
  readonly timers?: readonly NewTimer[];
}

/** One write of a run: steps, and what becomes of the run, in one commit. */
export interface Advance {
  readonly run: string;
  readonly epoch: number;
  /** The run that waits for the end of this one. */
  readonly parent: string | null;
  readonly steps: readonly NewStep[];
  readonly change?: RunChange;
}

/**
 * - `done` committed
 * - `fenced` nothing was written: the run is no longer this process's
 * - `conflict` a step of that key is recorded already; the rest was written
 */
export type AdvanceResult = 'done' | 'fenced' | 'conflict';

interface Row {
  readonly owned: readonly string[] | null;
  readonly recorded: number;
  readonly keys: readonly (readonly [run: string, key: string])[] | null;
}

const failureText = (failure: Failure | null | undefined): string | null => (failure ? JSON.stringify(failure) : null);

type Step = { readonly run: string; readonly step: NewStep };

function stepColumns(steps: readonly Step[]): unknown[] {
  return [
    steps.map(({ run }) => run),
    steps.map(({ step }) => step.key),
    steps.map(({ step }) => step.seq),
    steps.map(({ step }) => step.kind),
    steps.map(({ step }) => step.attempt),
    steps.map(({ step }) => step.output),
    steps.map(({ step }) => failureText(step.error)),
    steps.map(({ step }) => step.compensable),
    steps.map(({ step }) => new Date(step.startedAt)),
  ];
}

function changeColumns(items: readonly Advance[], steps: readonly Step[]): unknown[] {
  const changes = items.flatMap(({ run, change }) => (change === undefined ? [] : [{ run, change }]));
  const timers = changes.flatMap(({ run, change }) => (change.timers ?? []).map((timer) => ({ run, timer })));
  const signalled = steps.filter(({ step }) => step.signal !== undefined);
  const families = items.filter(({ parent, change }) => parent !== null && change !== undefined);
  const awaited = steps.filter(({ step }) => step.awaited);
  return [
    changes.map(({ run }) => run),
    changes.map(({ change }) => change.status),
    changes.map(({ change }) => change.output ?? null),
    changes.map(({ change }) => failureText(change.error)),
    changes.map(({ change }) => failureText(change.problem)),
    changes.map(({ change }) => change.keep ?? false),
    changes.map(({ change }) => change.wake ?? null),
    changes.map(({ change }) => change.waitingFor ?? null),
    changes.map(({ change }) => change.signalsSeen ?? null),
    timers.map(({ run }) => run),
    timers.map(({ timer }) => timer.key),
    timers.map(({ timer }) => timer.remaining),
    timers.map(({ timer }) => timer.attempt),
    timers.map(({ timer }) => failureText(timer.error)),
    signalled.map(({ step }) => step.signal),
    signalled.map(({ step }) => step.key),
    awaited.map(({ run }) => run),
    awaited.map(({ step }) => step.key),
    families.map(({ run }) => run),
    families.map(({ parent }) => parent),
  ];
}

/** Runs of a batch, each once, in one order for all: concurrent batches never wait for each other in a circle. */
function fences(items: readonly Advance[]): [ids: string[], epochs: number[]] {
  const epochs = new Map(items.map(({ run, epoch }) => [run, epoch]));
  const ids = [...epochs.keys()].sort();
  return [ids, ids.map((id) => epochs.get(id) ?? 0)];
}

/**
 * A statement changes a row once only: children whose parent changes too are committed before it, and the parent notices.
 */
async function commit(sql: Sql, items: readonly Advance[]): Promise<AdvanceResult[]> {
  const changing = new Set(items.flatMap(({ run, change }) => (change === undefined ? [] : [run])));
  const early = items.map(({ parent, change }) => change !== undefined && parent !== null && changing.has(parent));
  if (!early.includes(true)) return commitTogether(sql, items);
  const children = await commit(
    sql,
    items.filter((_, index) => early[index]),
  );
  const others = await commitTogether(
    sql,
    items.filter((_, index) => !early[index]),
  );
  return early.map((first) => (first ? children : others).shift() ?? 'fenced');
}

async function commitTogether(sql: Sql, items: readonly Advance[]): Promise<AdvanceResult[]> {
  const steps = items.flatMap(({ run, steps: own }) => own.map((step) => ({ run, step })));
  const plain = items.every(
    ({ change, steps: own }) => change === undefined && own.every((step) => step.signal === undefined && !step.awaited),
  );
  const statement: Statement = plain ? RUN_STEPS : RUN_END;
  const values = [sql.lease.id, ...fences(items), ...stepColumns(steps), ...(plain ? [] : changeColumns(items, steps))];
  const [row] = await sql.query<Row>(statement, values);
  const owned = new Set(row?.owned);
  const keys = row?.keys && new Set(row.keys.map(([run, key]) => `${run}\n${key}`));
  return items.map(({ run, steps: own }) => {
    if (!owned.has(run)) return 'fenced';
    return !keys || own.every(({ key }) => keys.has(`${run}\n${key}`)) ? 'done' : 'conflict';
  });
}

/**
 * Commits what runs record and become, together: one transaction for the steps of many runs. Two writes of one run
 * with different epochs never meet: a process has a run under one epoch.
 */
export function advanceCommitter(sql: Sql): GroupCommitter<Advance, AdvanceResult> {
  return new GroupCommitter({ commit: (items) => commit(sql, items) });
}
