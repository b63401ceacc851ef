import { faultPoint, NestanzaError } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import type { EntityManager } from 'typeorm';
import type { EngineParts } from './engine-parts.js';
import type { OpenStep, StepEnd } from './operation.js';

const effect = faultPoint('workflow.transaction.effect');
const committed = faultPoint('workflow.transaction.committed');

/** This execution may write no more: the run is another process's, or has this step already. */
export class RunLost extends NestanzaError {
  constructor(run: string, why: string) {
    super('NST_WORKFLOW_RUN_LOST', `The run "${run}" is lost to this process: ${why}.`, { facts: { run } });
  }
}

/**
 * First statement: holds the run against a takeover until the commit, and marks the session so that a takeover can end it
 * should this process stop in here.
 */
const FENCE = `
  select set_config('application_name', 'nst:' || $3::text, true) from nestanza.workflow_run
  where id = $1 and epoch = $2 and owner = $3::bigint for share`;

const RECORD = `
  insert into nestanza.workflow_step (run_id, key, seq, kind, attempt, output, compensable, epoch, started_at)
  values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9) on conflict (run_id, key) do nothing returning key`;

const END_TIMER = `delete from nestanza.workflow_timer where run_id = $1 and key = $2`;

/**
 * Runs `work` in a transaction that also records the step: both happened, or neither.
 * @throws RunLost (rejection); nothing was written
 */
export async function stepTransaction(
  { dataSource, sql }: Pick<EngineParts, 'dataSource' | 'sql'>,
  { run, step }: { readonly run: { readonly id: string; readonly epoch: number }; readonly step: OpenStep },
  work: (tx: EntityManager) => Promise<StepEnd>,
): Promise<StepEnd> {
  const done = await runInTransaction(dataSource, async (tx) => {
    const held: unknown[] = await tx.query(FENCE, [run.id, run.epoch, sql.lease.id]);
    if (held.length === 0) throw new RunLost(run.id, 'another process has taken it over');
    const end = await work(tx);
    const values = [run.id, step.fullKey, step.seq, step.kind, end.attempt ?? 1, end.output ?? null];
    const rest = [end.compensable ?? false, run.epoch, new Date(step.startedAt)];
    const put: unknown[] = await tx.query(RECORD, [...values, ...rest]);
    if (put.length === 0) throw new RunLost(run.id, `step "${step.fullKey}" is recorded already`);
    if (step.timer !== undefined) await tx.query(END_TIMER, [run.id, step.fullKey]);
    await effect();
    return end;
  });
  await committed();
  return { ...done, written: true };
}
