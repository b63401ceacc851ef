import type { Sql } from './sql.js';

/** A run of this process that has to be interrupted. */
export interface Interruption {
  readonly id: string;
  readonly epoch: number;
  readonly reason: 'cancelled' | 'deadline';
}

const INTERRUPTED = {
  name: 'workflow_interruptions',
  text: `select id, epoch, case when cancel_requested_at is not null then 'cancelled' else 'deadline' end as reason from workflow_run
    where owner = $1 and status = 'running' and (cancel_requested_at is not null or deadline_at <= clock_timestamp())`,
  durable: false,
};

/** The runs of this process whose cancellation was asked for, or whose deadline is over. */
export function interruptions(sql: Sql): Promise<Interruption[]> {
  return sql.query<Interruption>(INTERRUPTED, [sql.lease.id]);
}

const NEXT = {
  name: 'workflow_next_due',
  text: `select min(r.remaining)::float8 as remaining from unnest($1::text[]) n(workflow) cross join lateral (
    select extract(epoch from w.wake_at - clock_timestamp()) * 1000 as remaining from workflow_run w
    where w.workflow = n.workflow and w.owner is null and w.wake_at is not null order by w.wake_at limit 1) r`,
  durable: false,
};

/** Milliseconds until the next run of these workflows is due, zero or less if one is. */
export async function nextDue(sql: Sql, workflows: readonly string[]): Promise<number | undefined> {
  const [row] = await sql.query<{ remaining: number | null }>(NEXT, [workflows]);
  return row?.remaining ?? undefined;
}

const ORPHANS = {
  name: 'workflow_orphans',
  text: `with lost as (
    select id from workflow_run where owner = $1 and claimed_at < clock_timestamp() - interval '10 seconds' and not (id = any($2::text[]))
    for update skip locked)
  update workflow_run r set owner = null, epoch = r.epoch + 1, interrupted = true, wake_at = clock_timestamp(),
    status = case r.status when 'running' then 'pending' else r.status end
  from lost where r.id = lost.id returning r.id`,
};

/**
 * Frees runs that are this process's in the database and not in its memory: the answer to their claim was lost.
 * @param running - ids of the runs in memory
 */
export async function freeOrphans(sql: Sql, running: readonly string[]): Promise<number> {
  return (await sql.query(ORPHANS, [sql.lease.id, running])).length;
}

const HAND_BACK = {
  name: 'workflow_hand_back',
  text: `update workflow_run r set owner = null, wake_at = clock_timestamp(), interrupted = true,
    status = case r.status when 'running' then 'pending' else r.status end
    from unnest($2::text[], $3::integer[]) w(id, epoch) where r.id = w.id and r.epoch = w.epoch and r.owner = $1`,
};

/** Makes runs due again for whoever takes them first; those that are no longer this process's are left alone. */
export async function handBack(
  sql: Sql,
  runs: readonly { readonly id: string; readonly epoch: number }[],
): Promise<void> {
  await sql.query(HAND_BACK, [sql.lease.id, runs.map((run) => run.id), runs.map((run) => run.epoch)]);
}
