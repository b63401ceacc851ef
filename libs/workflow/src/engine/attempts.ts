import { faultPoint, hasCode, milliseconds, type Duration } from '@nestanza/core';
import type { RetryAfter } from '@nestanza/bus';
import type { EntityManager } from 'typeorm';
import { toFailure, type Failure } from '../failure.js';
import { encodeJson } from '../store/json.js';
import type { StepScope, TransactionScope } from '../workflow-context.js';
import { attempt, type AttemptOutcome, type Life } from './attempt.js';
import { runWithin } from './current-run.js';
import type { Execution } from './execution.js';
import { never, type OpenStep, type StepEnd } from './operation.js';
import { isRefusal, retryDelay, type RetryPolicy } from './retry.js';
import { RunLost, stepTransaction } from './step-transaction.js';

const effect = faultPoint('workflow.step.effect');

export const DEFAULT_STEP_TIMEOUT = '5m';

/** What a step does, and how it is repeated. */
export interface Work {
  readonly transaction: boolean;
  readonly retry: RetryPolicy | false;
  readonly timeout: Duration;
  readonly heartbeat?: Duration | undefined;
  /** @param scope - with `tx` where `transaction` is set */
  run(scope: StepScope | TransactionScope): unknown;
}

const isRetryAfter = (error: unknown): error is RetryAfter => hasCode(error, 'NST_BUS_RETRY_AFTER');

/** Milliseconds until the next attempt; `undefined`: there is none. */
function nextAttempt(
  execution: Execution,
  work: Work,
  failed: { attempt: number; error: unknown },
): number | undefined {
  const { clock, random } = execution.parts;
  if (isRetryAfter(failed.error)) return Math.max(0, failed.error.at - clock.now());
  if (isRefusal(failed.error)) return undefined;
  return retryDelay(work.retry, failed.attempt, random());
}

/**
 * Runs a step's work until it succeeds or will not be tried again, waiting between the attempts as the run's waits do:
 * parked, unless other steps are running. Never rejects; never settles when the run is lost.
 */
export async function attempts(execution: Execution, step: OpenStep, work: Work): Promise<StepEnd> {
  let failed = step.timer?.attempt ?? 0;
  let last: Failure | null = step.timer?.error ?? null;
  if (step.timer !== undefined && step.timer.due > execution.parts.clock.now()) {
    await execution.wait({
      key: step.fullKey,
      what: `the next attempt of "${step.fullKey}"`,
      due: step.timer.due,
      retry: true,
    });
  }
  for (;;) {
    if (execution.interrupted && last !== null)
      return failure(step, work, { attempt: failed, failure: last, refused: false });
    const outcome = await once(execution, step, { work, number: failed + 1 });
    if (outcome.ok) return outcome.value;
    if (outcome.error instanceof RunLost) {
      execution.leave({ kind: 'lost', why: outcome.error.message });
      return never();
    }
    failed++;
    last = toFailure(outcome.error);
    const delay = execution.interrupted
      ? undefined
      : nextAttempt(execution, work, { attempt: failed, error: outcome.error });
    if (delay === undefined) {
      return failure(step, work, { attempt: failed, failure: last, refused: isRefusal(outcome.error) });
    }
    const { log, clock } = execution.parts;
    log.warn('workflow step failed, will be tried again', {
      run: execution.run.id,
      step: step.fullKey,
      attempt: failed,
      again: Math.round(delay),
      error: last.message,
    });
    await execution.wait({
      key: step.fullKey,
      what: `the next attempt of "${step.fullKey}"`,
      due: clock.now() + delay,
      retry: true,
      fresh: { attempt: failed, error: last },
    });
  }
}

/** A step that failed for good. Unless it was refused or its transaction rolled back, it may have had its effect. */
function failure(
  step: OpenStep,
  work: Work,
  end: { readonly attempt: number; readonly failure: Failure; readonly refused: boolean },
): StepEnd {
  const compensable = step.compensation !== undefined && !work.transaction && !end.refused;
  return { attempt: end.attempt, error: end.failure, compensable };
}

/** One attempt, with its record where it has a transaction of its own. */
function once(
  execution: Execution,
  step: OpenStep,
  { work, number }: { readonly work: Work; readonly number: number },
): Promise<AttemptOutcome<StepEnd>> {
  const { parts, run } = execution;
  const end = (result: unknown): StepEnd => ({
    attempt: number,
    output: encodeJson(result, `the result of step "${step.fullKey}"`),
    compensable: step.compensation !== undefined,
  });
  const scopeOf = ({ signal, beat }: Life, tx?: EntityManager): StepScope | TransactionScope => ({
    key: step.fullKey,
    idempotencyKey: `${run.id}${run.generation === 0 ? '' : `~${run.generation}`}:${step.fullKey}`,
    attempt: number,
    signal,
    beat,
    ...(tx !== undefined && { tx }),
  });
  const invoke = (scope: StepScope | TransactionScope): Promise<unknown> =>
    runWithin({ inStep: true }, () => parts.messages.keyed(scope.idempotencyKey, async () => work.run(scope)));
  const inTransaction = (life: Life): Promise<StepEnd> =>
    stepTransaction(parts, { run, step }, async (tx) => {
      const done = end(await invoke(scopeOf(life, tx)));
      life.signal.throwIfAborted(); // nobody waits for it any more
      return done;
    });
  const plain = async (life: Life): Promise<StepEnd> => {
    const done = end(await invoke(scopeOf(life)));
    await effect();
    return done;
  };
  return attempt(work.transaction ? inTransaction : plain, {
    timeout: milliseconds(work.timeout),
    heartbeat: work.heartbeat === undefined ? undefined : milliseconds(work.heartbeat),
    signal: execution.signal,
    clock: parts.clock,
  });
}
