import type { Failure } from '../failure.js';
import { LIVE, type Sql } from './sql.js';

/** At most so many runs of dead processes are freed at once. */
const BATCH = 500;

/** A run that is lost this often without recording anything in between is stuck. */
const MAX_LOSSES = 10;

const POISON: Failure = {
  name: 'NestanzaError',
  code: 'NST_WORKFLOW_POISON',
  message: `Its processes died, or lost it, ${MAX_LOSSES} times in a row without recording a step.`,
};

/**
 * What becomes of a run `r` whose owner left it without a word. $2: `POISON`. Losses in a row count, and each makes it
 * wait longer; a step recorded under the epoch that ends here begins the count anew.
 */
const LOSSES = `case when exists (select 1 from workflow_step s where s.run_id = r.id and s.epoch = r.epoch) then 1 else r.takeovers + 1 end`;
const FREED = `owner = null, epoch = r.epoch + 1, interrupted = true, takeovers = g.losses,
  status = case when g.losses >= ${MAX_LOSSES} then 'stuck' when r.status = 'running' then 'pending' else r.status end,
  problem = case when g.losses >= ${MAX_LOSSES} then $2::jsonb end,
  wake_at = case when g.losses < ${MAX_LOSSES} and not r.paused then clock_timestamp() + (power(2, g.losses) - 2) * interval '50 milliseconds' end`;

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

const TAKE_OVER = {
  name: 'workflow_take_over',
  text: `with ${LIVE}, g as (
    select r.id, ${LOSSES} as losses from workflow_run r where r.owner = any($1::bigint[]) and r.owner not in (select id from live)
    order by r.id limit ${BATCH} for update skip locked)
  update workflow_run r set ${FREED} from g where r.id = g.id returning r.id`,
};

/**
 * Frees the runs of processes that died or stopped, and ends their database sessions first, so that none of their
 * transactions holds a run or commits later. Frees nothing of a live process. Answers how many were freed.
 */
export async function takeOver(sql: Sql): Promise<number> {
  const dead = (await sql.query<{ owner: string }>(DEAD, [])).map((row) => row.owner);
  if (dead.length === 0) return 0;
  await sql.query(TERMINATE, [dead]);
  return (await sql.query(TAKE_OVER, [dead, JSON.stringify(POISON)])).length;
}

const ORPHANS = {
  name: 'workflow_orphans',
  text: `with g as (
    select r.id, ${LOSSES} as losses from workflow_run r
    where r.owner = $1 and r.claimed_at < clock_timestamp() - interval '10 seconds' and not (r.id = any($3::text[]))
    order by r.id limit ${BATCH} for update skip locked)
  update workflow_run r set ${FREED} from g where r.id = g.id returning r.id`,
};

/**
 * Frees runs that are this process's in the database and not in its memory: the answer to their claim was lost.
 * @param running - ids of the runs in memory
 */
export async function freeOrphans(sql: Sql, running: readonly string[]): Promise<number> {
  return (await sql.query(ORPHANS, [sql.lease.id, JSON.stringify(POISON), running])).length;
}

const GIVE_UP = {
  name: 'workflow_give_up',
  text: `with g as (
    select r.id, ${LOSSES} as losses from unnest($3::text[], $4::integer[]) w(id, epoch)
    join workflow_run r on r.id = w.id and r.epoch = w.epoch and r.owner = $1 order by r.id for update of r)
  update workflow_run r set ${FREED} from g where r.id = g.id`,
};

/** Leaves runs to whoever takes them first; those that are no longer this process's stay as they are. */
export async function giveUp(
  sql: Sql,
  runs: readonly { readonly id: string; readonly epoch: number }[],
): Promise<void> {
  const [ids, epochs] = [runs.map((run) => run.id), runs.map((run) => run.epoch)];
  await sql.query(GIVE_UP, [sql.lease.id, JSON.stringify(POISON), ids, epochs]);
}
