import type { Failure } from '../failure.js';
import type { RunStatus } from '../run-status.js';
import type { Sql } from './sql.js';

/** How a child stands; `output` is JSON text. */
export interface ChildState {
  readonly workflow: string;
  readonly parent: string | null;
  readonly status: RunStatus;
  readonly output: string | null;
  readonly error: Failure | null;
}

const CHILD = {
  name: 'workflow_child',
  text: `select workflow, parent_id as parent, status, output::text as output, error from workflow_run where id = $1`,
};

export async function childState(sql: Sql, id: string): Promise<ChildState | undefined> {
  const [child] = await sql.query<ChildState>(CHILD, [id]);
  return child;
}

const CANCEL = {
  name: 'workflow_cancel_children',
  text: `with asked as (
    update workflow_run set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
      wake_at = case when owner is null and not paused then clock_timestamp() else wake_at end
    where parent_id = $1 and status in ('pending', 'running', 'waiting'))
  select count(*)::integer as open from workflow_run
  where parent_id = $1 and status not in ('succeeded', 'failed', 'cancelled')`,
};

/** Asks for the cancellation of a run's children; repeated, it changes nothing. Answers how many have not ended. */
export async function cancelChildren(sql: Sql, parent: string): Promise<number> {
  const [row] = await sql.query<{ open: number }>(CANCEL, [parent]);
  return row?.open ?? 0;
}
