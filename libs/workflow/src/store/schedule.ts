import type { EntityManager } from 'typeorm';

/** A schedule as it is kept; `input` is JSON text. */
export interface StoredSchedule {
  readonly name: string;
  readonly workflow: string;
  readonly version: string;
  readonly cron: string;
  readonly timezone: string;
  readonly input: string | null;
  readonly catchUp: 'last' | 'all';
  readonly overlap: boolean;
}

/** A schedule whose moment has come. */
export interface DueSchedule extends StoredSchedule {
  readonly nextAt: Date;
  /** Of the database. */
  readonly now: Date;
  /** The run that the last moment started has not ended. */
  readonly busy: boolean;
}

const PUT = `
  insert into nestanza.workflow_schedule as s (name, workflow, version, cron, timezone, input, catch_up, overlap, next_at)
  values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)
  on conflict (name) do update set workflow = excluded.workflow, version = excluded.version, cron = excluded.cron,
    timezone = excluded.timezone, input = excluded.input, catch_up = excluded.catch_up, overlap = excluded.overlap,
    next_at = case when s.cron = excluded.cron and s.timezone = excluded.timezone then s.next_at else excluded.next_at end`;

/** Keeps a schedule. One of that name whose times are the same keeps its next moment, also one that was missed. */
export async function putSchedule(tx: EntityManager, schedule: StoredSchedule, nextAt: Date): Promise<void> {
  const { name, workflow, version, cron, timezone, input, catchUp, overlap } = schedule;
  await tx.query(PUT, [name, workflow, version, cron, timezone, input, catchUp, overlap, nextAt]);
}

const DROP = `delete from nestanza.workflow_schedule where name = $1 returning name`;

/** @returns whether there was one */
export async function dropSchedule(tx: EntityManager, name: string): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(DROP, [name]);
  return rows.length === 1;
}

const DUE = `
  select s.name, s.workflow, s.version, s.cron, s.timezone, s.input::text as input, s.catch_up as "catchUp", s.overlap,
    s.next_at as "nextAt", clock_timestamp() as now,
    exists (select 1 from nestanza.workflow_run r where r.id = s.last_run and r.ended_at is null) as busy
  from nestanza.workflow_schedule s
  where s.next_at <= clock_timestamp() and s.workflow = any($1::text[])
  order by s.next_at limit 1 for update of s skip locked`;

/** One schedule of these workflows whose moment has come, locked. */
export async function dueSchedule(tx: EntityManager, workflows: readonly string[]): Promise<DueSchedule | undefined> {
  const [due]: DueSchedule[] = await tx.query(DUE, [workflows]);
  return due;
}

const MOVE = `update nestanza.workflow_schedule set next_at = $2, last_run = coalesce($3, last_run) where name = $1`;

export async function moveSchedule(
  tx: EntityManager,
  name: string,
  { nextAt, lastRun }: { readonly nextAt: Date; readonly lastRun: string | undefined },
): Promise<void> {
  await tx.query(MOVE, [name, nextAt, lastRun ?? null]);
}
