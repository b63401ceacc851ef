import type { Sql } from './sql.js';

const EXPIRE = {
  name: 'workflow_expire_runs',
  text: `with old as (
    select r.id from workflow_run r where r.ended_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
      and not exists (select 1 from workflow_run p where p.id = r.parent_id and p.ended_at is null)
    order by r.ended_at limit 1000 for update skip locked),
  steps as (delete from workflow_step where run_id in (select id from old)),
  signals as (delete from workflow_signal where run_id in (select id from old)),
  shown as (delete from workflow_shown where run_id in (select id from old))
  delete from workflow_run where id in (select id from old) returning id`,
};

const EVENTS = {
  name: 'workflow_expire_events',
  text: `delete from workflow_event where id in (
    select id from workflow_event where expires_at < clock_timestamp() order by expires_at limit 5000) returning id`,
};

const UNBORN = {
  name: 'workflow_expire_signals',
  text: `delete from workflow_signal where id in (
    select s.id from workflow_signal s where s.created_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
      and not exists (select 1 from workflow_run r where r.id = s.run_id) limit 5000) returning id`,
};

/**
 * Deletes what is older than it is kept for: ended runs with all that belongs to them, events nobody came to wait for,
 * and signals to runs that were never started. Answers how many runs.
 * @param keep - milliseconds after a run's end
 */
export async function expireOld(sql: Sql, keep: number): Promise<number> {
  const [runs] = await Promise.all([
    sql.query<{ id: string }>(EXPIRE, [keep]),
    sql.query(EVENTS, []),
    sql.query(UNBORN, [keep]),
  ]);
  return runs.length;
}
