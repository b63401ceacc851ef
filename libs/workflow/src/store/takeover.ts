import { LIVE, type Sql } from './sql.js';

/** At most so many runs of dead processes are freed at once. */
export const TAKEOVER_BATCH = 500;

/** A run whose process dies in it this often, without its parking once in between, is stuck. */
export const MAX_TAKEOVERS = 10;

const DEAD = {
  name: 'workflow_dead_owners',
  text: `with ${LIVE} select distinct r.owner from workflow_run r where r.owner is not null and r.owner not in (select id from live)`,
  durable: false,
};

const TERMINATE = {
  name: 'workflow_terminate',
  text: `select pg_terminate_backend(pid) from pg_stat_activity where application_name = any(select 'nst:' || x from unnest($1::bigint[]) x)`,
  durable: false,
};

const FREE = {
  name: 'workflow_take_over',
  text: `with ${LIVE}, gone as (
    select r.id from workflow_run r where r.owner = any($1::bigint[]) and r.owner not in (select id from live)
    order by r.id limit ${TAKEOVER_BATCH} for update skip locked)
  update workflow_run r set owner = null, epoch = r.epoch + 1, interrupted = true, takeovers = r.takeovers + 1,
    wake_at = case when r.takeovers + 1 < ${MAX_TAKEOVERS} then clock_timestamp() end,
    status = case when r.takeovers + 1 >= ${MAX_TAKEOVERS} then 'stuck' when r.status = 'running' then 'pending' else r.status end,
    problem = case when r.takeovers + 1 >= ${MAX_TAKEOVERS} then $2::jsonb end
  from gone where r.id = gone.id returning r.id`,
};

const POISON = JSON.stringify({
  name: 'NestanzaError',
  code: 'NST_WORKFLOW_POISON',
  message: `${MAX_TAKEOVERS} processes died while they ran this workflow.`,
});

/**
 * Frees the runs of processes that died or stopped, and ends their database sessions first, so that none of their
 * transactions holds a run or commits later. Frees nothing of a live process. Answers how many were freed.
 */
export async function takeOver(sql: Sql): Promise<number> {
  const dead = (await sql.query<{ owner: string }>(DEAD, [])).map((row) => row.owner);
  if (dead.length === 0) return 0;
  await sql.query(TERMINATE, [dead]);
  const freed = await sql.query<{ id: string }>(FREE, [dead, POISON]);
  return freed.length;
}
