import { faultPoint } from '@nestanza/core';
import { idTaken } from '../errors.js';
import { toFailure, type Failure } from '../failure.js';
import { hasEnded } from '../run-status.js';
import { childState, type ChildState } from '../store/children.js';
import type { NewRun } from '../store/start.js';
import type { Execution } from './execution.js';
import type { OpenStep, StepEnd } from './operation.js';

const begun = faultPoint('workflow.child.begun');

const CANCELLED: Failure = {
  name: 'WorkflowCancelled',
  code: 'NST_WORKFLOW_CANCELLED',
  message: 'The child was cancelled.',
};

/** Starts a child, unless it exists, and ends with its end. */
export async function runChild(execution: Execution, step: OpenStep, child: Omit<NewRun, 'parent'>): Promise<StepEnd> {
  const { parts, run } = execution;
  const created = await parts.start({ ...child, parent: run.id });
  if (created) await begun();
  for (;;) {
    const state = await childState(parts.sql, child.id);
    if (state === undefined || state.parent !== run.id) {
      const facts = { workflow: child.workflow, existing: state?.workflow ?? 'nothing' };
      return { error: toFailure(idTaken(child.id, facts)) };
    }
    if (hasEnded(state.status)) return endOf(state, step);
    await execution.wait({ key: step.fullKey, what: `child "${child.id}"`, arrival: true });
  }
}

function endOf({ status, output, error }: ChildState, step: OpenStep): StepEnd {
  if (status === 'succeeded') return { output, compensable: step.compensation !== undefined };
  return { error: status === 'cancelled' ? CANCELLED : (error ?? CANCELLED) };
}
