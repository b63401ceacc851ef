import { faultPoint } from '@nestanza/core';
import { deadlinePassed, sequenceChanged } from '../errors.js';
import { toFailure, type Failure } from '../failure.js';
import type { RunChange } from '../store/advance.js';
import { restartRun } from '../store/control.js';
import { decodeJson, encodeJson } from '../store/json.js';
import { runWithin } from './current-run.js';
import type { WorkflowDefinition } from './engine-parts.js';
import type { Execution } from './execution.js';
import type { Exit } from './exit.js';
import { turn } from './operation.js';
import { RunContext } from './run-context.js';
import { collectCompensations, endOf, undoSteps } from './unwind.js';

const claimed = faultPoint('workflow.claimed');
const ending = faultPoint('workflow.ending');
const ended = faultPoint('workflow.ended');
const parking = faultPoint('workflow.parking');
const parked = faultPoint('workflow.parked');

/** What became of a run in this process. */
export type Departure =
  | { readonly kind: 'ended' | 'stuck' | 'handed back' }
  /** @property wake - milliseconds until it is due; `undefined`: nobody knows */
  | { readonly kind: 'parked'; readonly wake: number | undefined }
  | { readonly kind: 'lost'; readonly why: string };

/**
 * Runs a claimed run until this process has it no more. Never rejects, except for a fault of the engine itself; a run
 * that is lost is continued by whoever claims it next.
 */
export async function runExecution(execution: Execution, definition: WorkflowDefinition): Promise<Departure> {
  await claimed();
  const { run } = execution;
  const late = run.deadline !== null && run.deadline <= 0;
  if (run.status !== 'compensating' && !run.cancelRequested && !late) return goForward(execution, definition);

  const failed = run.error ?? toFailure(deadlinePassed(run.id));
  execution.replay();
  await collectCompensations(execution, start(execution, definition));
  if (execution.phase === 'left') return depart(execution, await execution.exit, undefined);
  return goBack(execution, run.cancelRequested ? undefined : failed);
}

function start(execution: Execution, definition: WorkflowDefinition): Promise<unknown> {
  const context = new RunContext(execution, definition.receives);
  return runWithin({ inStep: false, context }, async () => definition.run(context, decodeJson(execution.run.input)));
}

async function goForward(execution: Execution, definition: WorkflowDefinition): Promise<Departure> {
  // Code that ends after the run has taken another way is not listened to.
  const leave = (exit: Exit): void => void (execution.phase === 'forward' && execution.leave(exit));
  void start(execution, definition).then(
    (value) => leave({ kind: 'returned', value }),
    (error: unknown) => leave({ kind: 'threw', error }),
  );
  const exit = await execution.exit;
  switch (exit.kind) {
    case 'interrupted':
      return goBack(execution, exit.error);
    case 'returned':
    case 'threw':
      return finish(execution, exit);
    default:
      return depart(execution, exit, undefined);
  }
}

/** The code has ended: so does the run, if the code came to every step that it had recorded. */
async function finish(execution: Execution, exit: Extract<Exit, { kind: 'returned' | 'threw' }>): Promise<Departure> {
  await execution.activity.idle(); // steps that the code began and did not await
  if (execution.journal.replaying) await turn();
  const overlooked = execution.journal.overlooked(Number.POSITIVE_INFINITY);
  if (overlooked !== undefined) {
    const error = sequenceChanged(execution.run.id, { asked: 'its end', recorded: `"${overlooked.key}"` });
    return depart(execution, { kind: 'stuck', problem: toFailure(error) }, undefined);
  }
  if (exit.kind === 'threw') return goBack(execution, toFailure(exit.error));
  try {
    const output = encodeJson(exit.value, `the result of the run "${execution.run.id}"`);
    await ending();
    return await write(execution, { status: 'succeeded', output }, { kind: 'ended' });
  } catch (error) {
    return goBack(execution, toFailure(error));
  }
}

/** The run fails or is cancelled: its steps are undone first. */
async function goBack(execution: Execution, error: Failure | undefined): Promise<Departure> {
  const exit = await undoSteps(execution, error);
  return depart(execution, exit, endOf(error));
}

/** Writes how the run leaves this process. */
async function depart(execution: Execution, exit: Exit, end: RunChange | undefined): Promise<Departure> {
  const status = end === undefined ? 'waiting' : 'compensating';
  switch (exit.kind) {
    case 'returned':
      await ending();
      return write(execution, end ?? { status: 'succeeded' }, { kind: 'ended' });
    case 'waiting': {
      const change = execution.parking(status);
      await parking();
      return write(execution, change, { kind: 'parked', wake: change.wake });
    }
    case 'anew':
      return beginAnew(execution, exit.input);
    case 'handed back':
      return write(
        execution,
        { status: end === undefined ? 'pending' : 'compensating', wake: 0 },
        { kind: 'handed back' },
      );
    case 'stuck':
      return write(execution, { status: 'stuck', problem: exit.problem }, { kind: 'stuck' });
    case 'lost':
      return { kind: 'lost', why: exit.why };
    case 'threw':
    case 'interrupted':
      return { kind: 'lost', why: `left in an impossible way: ${exit.kind}` };
  }
}

/** Nothing of what is recorded is needed any more. */
async function beginAnew(execution: Execution, input: string | null): Promise<Departure> {
  await execution.activity.idle();
  await execution.settled();
  if (execution.phase === 'left') return { kind: 'lost', why: 'its last write was refused' };
  execution.close();
  const { run, parts } = execution;
  const restarted = await restartRun(parts.sql, run, input);
  await parked();
  return restarted ? { kind: 'parked', wake: 0 } : { kind: 'lost', why: 'it could not begin anew' };
}

async function write(execution: Execution, change: RunChange, departure: Departure): Promise<Departure> {
  execution.close();
  if (!(await execution.change(change))) return { kind: 'lost', why: 'its last write was refused' };
  await (departure.kind === 'parked' ? parked() : ended());
  return departure;
}
