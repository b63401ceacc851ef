import type { Statement } from '@nestanza/postgres/internal';

/**
 * Input: $1 process, $2/$3 runs and their epochs, $4–$12 columns of steps.
 * `run` is the fence: rows that this process still has under that epoch, locked against a takeover until the commit.
 */
const STEPS = `
  run as materialized (
    select r.id, r.epoch from unnest($2::text[], $3::integer[]) w(id, epoch)
    join workflow_run r on r.id = w.id and r.epoch = w.epoch and r.owner = $1::bigint
    order by r.id for share of r),
  step as materialized (
    select s.* from unnest($4::text[], $5::text[], $6::integer[], $7::text[], $8::integer[], $9::text[], $10::text[], $11::boolean[], $12::timestamptz[])
      s(run, key, seq, kind, attempt, output, error, compensable, started_at)),
  recorded as (
    insert into workflow_step (run_id, key, seq, kind, attempt, output, error, compensable, epoch, started_at)
    select s.run, s.key, s.seq, s.kind, s.attempt, s.output::jsonb, s.error::jsonb, s.compensable, run.epoch, s.started_at
    from step s join run on run.id = s.run
    on conflict (run_id, key) do nothing returning run_id, key)`;

/** Output: the runs that were still owned, and which steps are new where not all are. */
const ANSWER = `
  select (select array_agg(id) from run) as owned, (select count(*)::integer from recorded) as recorded,
    case when (select count(*) from recorded) < (select count(*) from step)
      then (select coalesce(json_agg(json_build_array(run_id, key)), '[]') from recorded) end as keys`;

/** Records steps and nothing else. */
export const RUN_STEPS: Statement = { name: 'workflow_steps', text: `with ${STEPS} ${ANSWER}` };

/**
 * Records steps and changes their runs. $13–$21 changes, $22–$26 timers, $27/$28 taken signals, $29/$30 steps
 * whose timers and waits end; those of a run end with it. $31/$32 runs and the parents that wait for them.
 * A parking run is due at once if a signal came, or its cancellation was asked for, since this was decided: the update
 * waits for the row's lock and then reads its newest version, and whoever signals or cancels writes to that row.
 */
export const RUN_END: Statement = {
  name: 'workflow_end',
  text: `with ${STEPS},
  change as materialized (
    select c.* from unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::float8[], $20::text[], $21::integer[])
      c(run, status, output, error, problem, keep, wake, waiting_for, signals) join run on run.id = c.run),
  changed as (
    update workflow_run r set
      status = c.status,
      output = coalesce(c.output::jsonb, r.output),
      error = coalesce(c.error::jsonb, r.error),
      problem = c.problem::jsonb,
      owner = case when c.keep then r.owner end,
      wake_at = case
        when c.keep or r.paused or c.status in ('succeeded', 'failed', 'cancelled', 'stuck') then null
        when r.signals > c.signals or c.status = 'waiting' and r.cancel_requested_at is not null then clock_timestamp()
        else least(clock_timestamp() + c.wake * interval '1 millisecond', case when c.status = 'waiting' then r.deadline_at end) end,
      waiting_for = c.waiting_for,
      takeovers = case when c.keep then r.takeovers else 0 end,
      interrupted = c.keep and r.interrupted,
      ended_at = case when c.status in ('succeeded', 'failed', 'cancelled') then clock_timestamp() end
    from change c where r.id = c.run),
  timed as (
    insert into workflow_timer as t (run_id, key, fire_at, attempt, error)
    select t.run, t.key, clock_timestamp() + t.remaining * interval '1 millisecond', t.attempt, t.error::jsonb
    from unnest($22::text[], $23::text[], $24::float8[], $25::integer[], $26::text[]) t(run, key, remaining, attempt, error)
    join run on run.id = t.run
    on conflict (run_id, key) do update set fire_at = excluded.fire_at, attempt = excluded.attempt, error = excluded.error),
  taken as (
    update workflow_signal g set consumed_by = s.key from unnest($27::bigint[], $28::text[]) s(id, key)
    where g.id = s.id and g.run_id in (select id from run)),
  over as materialized (
    select o.run, o.key from unnest($29::text[], $30::text[]) o(run, key) where o.run in (select id from run)),
  gone as materialized (select run from change where status in ('succeeded', 'failed', 'cancelled')),
  fired as (
    delete from workflow_timer t using (
      select run, key from over union select g.run, t.key from gone g join workflow_timer t on t.run_id = g.run) o
    where t.run_id = o.run and t.key = o.key),
  met as (
    delete from workflow_wait w using (
      select run, key from over union select g.run, w.key from gone g join workflow_wait w on w.run_id = g.run) o
    where w.run_id = o.run and w.key = o.key),
  woken as (
    update workflow_run p set signals = p.signals + 1,
      wake_at = case when p.owner is null and not p.paused and p.status in ('waiting', 'compensating')
        then least(p.wake_at, clock_timestamp()) else p.wake_at end
    from (select distinct f.parent from unnest($31::text[], $32::text[]) f(run, parent) join gone on gone.run = f.run) f
    where p.id = f.parent)
  ${ANSWER}`,
};
