import type { EntityManager } from 'typeorm';
import type { Sql } from './sql.js';

type Updated = [rows: { id: string }[], count: number];

const PAUSE = `
  update nestanza.workflow_run set paused = true, wake_at = null
  where id = $1 and not paused and status not in ('succeeded', 'failed', 'cancelled') returning id`;

/** From now on nobody takes the run, and its owner begins no step. `false`: it is paused already, or has ended. */
export async function pauseRun(tx: EntityManager, run: string): Promise<boolean> {
  const [rows]: Updated = await tx.query(PAUSE, [run]);
  return rows.length === 1;
}

const RESUME = `
  update nestanza.workflow_run set paused = false,
    wake_at = case when owner is null and status in ('pending', 'waiting', 'compensating') then clock_timestamp() end
  where id = $1 and paused returning id`;

/** The run is due: whatever it waited for is looked at anew. `false`: it was not paused. */
export async function resumeRun(tx: EntityManager, run: string): Promise<boolean> {
  const [rows]: Updated = await tx.query(RESUME, [run]);
  return rows.length === 1;
}

const RESTART = {
  name: 'workflow_restart',
  text: `with run as (
    update workflow_run set input = $4::jsonb, status = 'pending', owner = null, epoch = epoch + 1, generation = generation + 1,
      wake_at = case when not paused then clock_timestamp() end, waiting_for = null, takeovers = 0, interrupted = false
    where id = $1 and epoch = $2 and owner = $3 returning id),
  steps as (delete from workflow_step where run_id in (select id from run)),
  timers as (delete from workflow_timer where run_id in (select id from run)),
  waits as (delete from workflow_wait where run_id in (select id from run))
  select count(*)::integer as restarted from run`,
};

/**
 * The run begins anew with an empty record; signals it has not taken stay. `false`: it is not this process's.
 * @param input - JSON text
 */
export async function restartRun(
  sql: Sql,
  run: { readonly id: string; readonly epoch: number },
  input: string | null,
): Promise<boolean> {
  const [row] = await sql.query<{ restarted: number }>(RESTART, [run.id, run.epoch, sql.lease.id, input]);
  return row?.restarted === 1;
}

const FORK = `
  insert into nestanza.workflow_run (id, workflow, version, status, input, epoch, wake_at, forked_from, attributes)
  select $2, workflow, version, 'pending', coalesce($3::jsonb, input), 1, clock_timestamp(), id, attributes
  from nestanza.workflow_run where id = $1
    and ($4::text is null or exists (select 1 from nestanza.workflow_step where run_id = $1 and key = $4 and kind <> 'compensation'))
  on conflict (id) do nothing returning id`;

const COPY = `
  insert into nestanza.workflow_step (run_id, key, seq, kind, attempt, output, error, compensable, epoch, started_at, recorded_at)
  select $2, key, seq, kind, attempt, output, error, compensable, 0, started_at, recorded_at
  from nestanza.workflow_step where run_id = $1 and kind <> 'compensation'
    and seq < (select seq from nestanza.workflow_step where run_id = $1 and key = $3)`;

export interface Fork {
  readonly from: string;
  readonly id: string;
  /** Key of the first step that is done again; `undefined`: all are. */
  readonly step: string | undefined;
  /** JSON text; `null`: that of the first run. */
  readonly input: string | null;
}

/** Makes a run that has recorded what another recorded before a step. `false`: no such run or step, or the id is taken. */
export async function forkRun(tx: EntityManager, { from, id, step, input }: Fork): Promise<boolean> {
  const made: unknown[] = await tx.query(FORK, [from, id, input, step ?? null]);
  if (made.length === 0) return false;
  if (step !== undefined) await tx.query(COPY, [from, id, step]);
  return true;
}
