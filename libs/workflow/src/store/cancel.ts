import type { EntityManager } from 'typeorm';
import type { RunStatus } from '../run-status.js';

/** A parked or paused run is made due, and the owner of a running one sees the mark. */
const CANCEL = `
  update nestanza.workflow_run set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
    paused = false, wake_at = case when owner is null then clock_timestamp() end
  where id = $1 and status in ('pending', 'running', 'waiting') returning status`;

/** A stuck run that was compensating goes on with that, whatever it was asked for before. */
const UNSTICK = `
  update nestanza.workflow_run set status = case when error is null then 'pending' else 'compensating' end,
    problem = null, takeovers = 0, wake_at = case when not paused then clock_timestamp() end,
    cancel_requested_at = case when $2 and error is null then clock_timestamp() else cancel_requested_at end
  where id = $1 and status = 'stuck' and owner is null returning status`;

const STATUS = `select status from nestanza.workflow_run where id = $1`;

type Updated = [rows: { status: RunStatus }[], count: number];

/**
 * Asks for the cancellation of a run; repeated, it changes nothing. Its status afterwards; `undefined` without such a
 * run.
 */
export async function requestCancel(tx: EntityManager, run: string): Promise<RunStatus | undefined> {
  const [cancelled]: Updated = await tx.query(CANCEL, [run]);
  if (cancelled[0] !== undefined) return cancelled[0].status;
  const [freed]: Updated = await tx.query(UNSTICK, [run, true]);
  if (freed[0] !== undefined) return freed[0].status;
  const [row]: { status: RunStatus }[] = await tx.query(STATUS, [run]);
  return row?.status;
}

/** Makes a stuck run due again. `false`: it is not stuck. */
export async function retryStuck(tx: EntityManager, run: string): Promise<boolean> {
  const [rows]: Updated = await tx.query(UNSTICK, [run, false]);
  return rows.length === 1;
}
