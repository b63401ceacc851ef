import type { Sql } from './sql.js';

export interface DueTimer {
  readonly saga: string;
  readonly key: string;
  readonly timer: string;
}

const DUE = {
  name: 'workflow_saga_due',
  text: `select saga, key, name as timer from workflow_saga_timer where saga = any($1::text[]) and fire_at <= clock_timestamp()
    order by fire_at limit 100`,
  durable: false,
};

/** Timeouts of these sagas that are over, the oldest first. */
export function dueTimers(sql: Sql, sagas: readonly string[]): Promise<DueTimer[]> {
  return sql.query<DueTimer>(DUE, [sagas]);
}

const NEXT = {
  name: 'workflow_saga_next',
  text: `select (extract(epoch from min(fire_at) - clock_timestamp()) * 1000)::float8 as remaining from workflow_saga_timer
    where saga = any($1::text[])`,
  durable: false,
};

/** Milliseconds until the next timeout. */
export async function nextTimer(sql: Sql, sagas: readonly string[]): Promise<number | undefined> {
  const [row] = await sql.query<{ remaining: number | null }>(NEXT, [sagas]);
  return row?.remaining ?? undefined;
}

const POSTPONE = {
  name: 'workflow_saga_postpone',
  text: `update workflow_saga_timer set attempts = attempts + 1,
    fire_at = clock_timestamp() + least(600, power(2, least(attempts, 10))) * interval '1 second'
    where saga = $1 and key = $2 and name = $3 and fire_at <= clock_timestamp()`,
};

/** A timeout that failed comes again later, at most ten minutes. */
export async function postponeTimer(sql: Sql, { saga, key, timer }: DueTimer): Promise<void> {
  await sql.query(POSTPONE, [saga, key, timer]);
}

const EXPIRED = {
  name: 'workflow_saga_expired',
  text: `delete from workflow_saga_message where id in (
    select id from workflow_saga_message where saga = any($1::text[]) and expires_at <= clock_timestamp()
    order by expires_at limit 5000 for update skip locked) returning id`,
};

/** Drops messages that came too early and were not taken in time. Answers how many. */
export async function dropExpired(sql: Sql, sagas: readonly string[]): Promise<number> {
  return (await sql.query(EXPIRED, [sagas])).length;
}
