import { errorText, faultPoint } from '@nestanza/core';
import { sequenceChanged } from '../errors.js';
import { toFailure, type Failure } from '../failure.js';
import type { RunChange } from '../store/advance.js';
import { cancelChildren } from '../store/children.js';
import type { RecordedStep } from '../store/load.js';
import { attempts, DEFAULT_STEP_TIMEOUT } from './attempts.js';
import type { Execution } from './execution.js';
import type { Exit } from './exit.js';
import { never, turn } from './operation.js';

const compensating = faultPoint('workflow.compensating');
const compensated = faultPoint('workflow.compensated');

/** How long code that stands between two steps is waited for when its compensations are collected. */
const COLLECT_PATIENCE = 5_000;

const undoKey = (step: RecordedStep): string => `~${step.key}`;

/** What a run that fails or is cancelled becomes in the end. `error`: `undefined` for a cancelled one. */
export function endOf(error: Failure | undefined): RunChange {
  return error === undefined ? { status: 'cancelled' } : { status: 'failed', error };
}

/**
 * Lets the code go through its recorded steps once more, until all compensations are known and it stands before a step
 * that it may not begin.
 */
export async function collectCompensations(execution: Execution, code: Promise<unknown>): Promise<void> {
  let settled = false;
  const mark = (): void => void (settled = true);
  void code.then(mark, mark);
  const patience = execution.parts.clock.now() + COLLECT_PATIENCE;
  while (execution.phase === 'replay' && execution.parts.clock.now() < patience) {
    const before = execution.activity.progress;
    await turn();
    if (execution.activity.progress !== before) continue;
    if (settled || execution.halted > 0) return;
    await stirredOr(execution, code, patience);
  }
}

/** Resolves at the next step that the code comes to, when it settles, and when the patience ends. */
async function stirredOr(execution: Execution, code: Promise<unknown>, patience: number): Promise<void> {
  const { clock } = execution.parts;
  await new Promise<void>((resolve) => {
    const timer = clock.after(patience - clock.now(), resolve);
    const stop = (): void => {
      timer.cancel();
      resolve();
    };
    void execution.activity.stirred().then(stop);
    void code.then(stop, stop);
  });
}

/**
 * Undoes what the run did, last step first, each compensation a recorded step.
 * @param error - why it fails; `undefined` when it was cancelled
 * @returns the exit of the undoing: `returned` when everything is undone
 */
export async function undoSteps(execution: Execution, error: Failure | undefined): Promise<Exit> {
  const { run, journal } = execution;
  const open = journal.compensable().filter((step) => journal.find(undoKey(step)) === undefined);
  const unknown = open.find((step) => !execution.compensations.has(step.key));
  if (unknown !== undefined) {
    const facts = { asked: 'its end', recorded: `"${unknown.key}", which has to be compensated` };
    return { kind: 'stuck', problem: toFailure(sequenceChanged(run.id, facts)) };
  }
  if (!execution.unwind()) return execution.exit;
  if (open.length === 0 && !execution.parental) return { kind: 'returned', value: undefined };
  if (run.status !== 'compensating') {
    const begun = await execution.change({ status: 'compensating', ...(error && { error }), keep: true });
    if (!begun) return execution.exit;
    await compensating();
  }
  const all = undoAll(execution, open).then(
    (): Exit => ({ kind: 'returned', value: undefined }),
    (cause: unknown): Exit => ({ kind: 'lost', why: errorText(cause) }),
  );
  return Promise.race([all, execution.exit]);
}

async function undoAll(execution: Execution, steps: readonly RecordedStep[]): Promise<void> {
  if (execution.parental) await endChildren(execution);
  for (const recorded of steps) {
    await execution.settled();
    if (execution.draining) execution.leave({ kind: 'handed back' });
    if (execution.phase !== 'unwinding') return never();
    await undo(execution, recorded);
    await compensated();
  }
}

/** What the children did came last, and is undone first: they are cancelled, and awaited. */
async function endChildren(execution: Execution): Promise<void> {
  const { parts, run } = execution;
  while ((await cancelChildren(parts.sql, run.id)) > 0) {
    parts.announce();
    await execution.wait({ key: '~children', what: 'the end of its children', arrival: true });
  }
}

async function undo(execution: Execution, recorded: RecordedStep): Promise<void> {
  const compensation = execution.compensations.get(recorded.key);
  if (compensation === undefined) throw new Error(`No compensation of "${recorded.key}" was collected.`);
  const call = { kind: 'compensation', name: recorded.key } as const;
  const step = execution.open(call, undoKey(recorded), execution.journal.nextSeq());
  const result: unknown = recorded.output === null ? undefined : JSON.parse(recorded.output);
  const end = await attempts(execution, step, {
    transaction: compensation.transaction,
    retry: compensation.retry,
    timeout: DEFAULT_STEP_TIMEOUT,
    run: async (scope) => void (await compensation.undo(result, scope)),
  });
  if (end.error === undefined) return execution.record(step, end);
  // Refused, so that repeating it cannot help: a person has to see to it.
  const message = `The compensation of "${recorded.key}" was refused: ${end.error.message}`;
  execution.leave({ kind: 'stuck', problem: { ...end.error, message } });
  return never();
}
