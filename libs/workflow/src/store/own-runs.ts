import type { WorkflowId } from './claim.js';
import type { Sql } from './sql.js';

/** A run of this process that has to be interrupted. */
export interface Interruption {
  readonly id: string;
  readonly epoch: number;
  readonly reason: 'cancelled' | 'deadline' | 'paused';
}

const INTERRUPTED = {
  name: 'workflow_interruptions',
  text: `select id, epoch, case when paused then 'paused' when cancel_requested_at is not null then 'cancelled' else 'deadline' end as reason
    from workflow_run where owner = $1 and (paused
      or status = 'running' and (cancel_requested_at is not null or deadline_at <= clock_timestamp()))`,
  durable: false,
};

/** The runs of this process that are paused, to be cancelled, or over their deadline. */
export function interruptions(sql: Sql): Promise<Interruption[]> {
  return sql.query<Interruption>(INTERRUPTED, [sql.lease.id]);
}

const NEXT = {
  name: 'workflow_next_due',
  text: `select min(r.remaining)::float8 as remaining from unnest($1::text[], $2::text[]) n(workflow, version) cross join lateral (
    select extract(epoch from w.wake_at - clock_timestamp()) * 1000 as remaining from workflow_run w
    where w.workflow = n.workflow and w.version = n.version and w.owner is null and w.wake_at is not null order by w.wake_at limit 1) r`,
  durable: false,
};

/** Milliseconds until the next run of these workflows is due, zero or less if one is. */
export async function nextDue(sql: Sql, workflows: readonly WorkflowId[]): Promise<number | undefined> {
  const names = workflows.map(({ name }) => name);
  const versions = workflows.map(({ version }) => version);
  const [row] = await sql.query<{ remaining: number | null }>(NEXT, [names, versions]);
  return row?.remaining ?? undefined;
}
