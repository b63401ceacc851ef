import { NestanzaError } from '@nestanza/core';
import type { Failure } from './failure.js';

/** `result()` of a run that failed. The failure is what the workflow threw. */
export class WorkflowFailed extends NestanzaError {
  readonly run: string;
  readonly failure: Failure;

  constructor(run: string, failure: Failure) {
    super('NST_WORKFLOW_FAILED', `The workflow run "${run}" failed: ${failure.message}`, {
      facts: { run, error: failure.code ?? failure.name },
    });
    this.run = run;
    this.failure = failure;
  }
}

/** `result()` of a run that was cancelled. */
export class WorkflowCancelled extends NestanzaError {
  readonly run: string;

  constructor(run: string) {
    super('NST_WORKFLOW_CANCELLED', `The workflow run "${run}" was cancelled.`, { facts: { run } });
    this.run = run;
  }
}

/** No run has this id. */
export function unknownRun(run: string): NestanzaError {
  return new NestanzaError('NST_WORKFLOW_UNKNOWN_RUN', `There is no workflow run "${run}".`, { facts: { run } });
}

/** The code asks for other steps than the run has recorded. */
export function sequenceChanged(run: string, facts: { asked: string; recorded: string }): NestanzaError {
  return new NestanzaError(
    'NST_WORKFLOW_SEQUENCE_CHANGED',
    `The code of the run "${run}" came to ${facts.asked}, where it had recorded ${facts.recorded}: its steps are not those it began with. ` +
      'Deploy code with the recorded steps and retry the run, or cancel it.',
    { facts: { run, ...facts } },
  );
}

/** A step's work came to a step. */
export function nestedStep(step: string): NestanzaError {
  return new NestanzaError(
    'NST_WORKFLOW_NESTED_STEP',
    `The step "${step}" begins within another step: only the workflow itself has steps, a step's work is recorded as one.`,
    { facts: { step } },
  );
}

/** The run took longer than its deadline. */
export function deadlinePassed(run: string): NestanzaError {
  return new NestanzaError('NST_WORKFLOW_DEADLINE', `The workflow run "${run}" did not end before its deadline.`, {
    facts: { run },
  });
}

/** A run of this id exists, of another workflow. */
export function idTaken(run: string, facts: { workflow: string; existing: string }): NestanzaError {
  return new NestanzaError(
    'NST_WORKFLOW_ID_TAKEN',
    `The id "${run}" belongs to a run of "${facts.existing}", so no run of "${facts.workflow}" can have it.`,
    { facts: { run, ...facts } },
  );
}

/** A signal came to a run that has ended. */
export function runEnded(run: string): NestanzaError {
  return new NestanzaError('NST_WORKFLOW_RUN_ENDED', `The workflow run "${run}" has ended.`, { facts: { run } });
}

/** The process that waited for a run's result is shutting down. */
export function notWatched(run: string): NestanzaError {
  return new NestanzaError(
    'NST_WORKFLOW_STOPPED',
    `This process is shutting down and no longer waits for the workflow run "${run}", which goes on.`,
    { facts: { run }, retryable: true },
  );
}

/** A workflow waits for an event that it does not receive. */
export function notReceived(workflow: string, channel: string): NestanzaError {
  return new NestanzaError(
    'NST_WORKFLOW_NOT_RECEIVED',
    `The workflow "${workflow}" waits for "${channel}" and does not receive it: name the contract in @Workflow({ receives: [...] }).`,
    { facts: { workflow, channel } },
  );
}

/** A run cannot be forked as asked. */
export function noFork(run: string, facts: { id: string; from: string | undefined }): NestanzaError {
  const step = facts.from === undefined ? '' : ` at "${facts.from}"`;
  return new NestanzaError(
    'NST_WORKFLOW_NO_FORK',
    `The run "${run}" cannot be forked${step} as "${facts.id}": it or the step does not exist, or the id is taken.`,
    { facts: { run, ...facts } },
  );
}
