import type { EntityManager } from 'typeorm';

/** An instance of a saga, as its own row stands while it is locked. */
export interface SagaRow {
  /** 0: nothing has been handled yet. */
  readonly version: number;
  readonly ended: boolean;
}

/** A message that came too early; `body` is JSON text. */
export interface EarlyMessage {
  readonly id: string;
  readonly topic: string;
  readonly messageId: string;
  readonly body: string | null;
}

export interface Transition {
  readonly version: number;
  readonly from: string | undefined;
  readonly to: string;
  readonly cause: string;
  readonly messageId: string | undefined;
}

const TOUCH = `insert into nestanza.workflow_saga (saga, key) values ($1, $2) on conflict (saga, key) do nothing`;
const LOCK = `select version, ended_at is not null as ended from nestanza.workflow_saga where saga = $1 and key = $2 for update`;

/** The row of an instance, made if there is none, and locked: whoever handles something of this key waits here. */
export async function lockSaga(tx: EntityManager, saga: string, key: string): Promise<SagaRow> {
  await tx.query(TOUCH, [saga, key]);
  const [row]: SagaRow[] = await tx.query(LOCK, [saga, key]);
  if (row === undefined) throw new Error(`The row of saga "${saga}" "${key}" was deleted while it was made.`);
  return row;
}

const ADVANCE = `update nestanza.workflow_saga set version = $3, ended_at = case when $4 then clock_timestamp() end where saga = $1 and key = $2`;
const RECORD = `
  insert into nestanza.workflow_transition (saga, key, version, from_state, to_state, cause, message_id)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/** Writes what became of an instance. */
export async function recordTransition(
  tx: EntityManager,
  { saga, key, ended }: { readonly saga: string; readonly key: string; readonly ended: boolean },
  { version, from, to, cause, messageId }: Transition,
): Promise<void> {
  await tx.query(ADVANCE, [saga, key, version, ended]);
  await tx.query(RECORD, [saga, key, version, from ?? null, to, cause, messageId ?? null]);
  if (!ended) return;
  for (const table of ['saga_timer', 'saga_message']) {
    await tx.query(`delete from nestanza.workflow_${table} where saga = $1 and key = $2`, [saga, key]);
  }
}

const KEEP = `
  insert into nestanza.workflow_saga_message (saga, key, topic, message_id, body, expires_at)
  values ($1, $2, $3, $4, $5::jsonb, clock_timestamp() + $6::float8 * interval '1 millisecond')`;

/** @param message.keep - milliseconds */
export async function keepEarly(
  tx: EntityManager,
  { saga, key }: { readonly saga: string; readonly key: string },
  message: Omit<EarlyMessage, 'id'> & { readonly keep: number },
): Promise<void> {
  await tx.query(KEEP, [saga, key, message.topic, message.messageId, message.body, message.keep]);
}

const EARLY = `
  select id, topic, message_id as "messageId", body::text as body from nestanza.workflow_saga_message
  where saga = $1 and key = $2 and topic = any($3::text[]) and expires_at > clock_timestamp() order by id limit 1 for update`;
const TAKE = `delete from nestanza.workflow_saga_message where id = $1`;

/** Takes the first message of one of these topics that came too early. */
export async function takeEarly(
  tx: EntityManager,
  { saga, key }: { readonly saga: string; readonly key: string },
  topics: readonly string[],
): Promise<EarlyMessage | undefined> {
  const [message]: EarlyMessage[] = await tx.query(EARLY, [saga, key, topics]);
  if (message !== undefined) await tx.query(TAKE, [message.id]);
  return message;
}

const SET_TIMER = `
  insert into nestanza.workflow_saga_timer (saga, key, name, fire_at)
  values ($1, $2, $3, coalesce($4::timestamptz, clock_timestamp() + $5::float8 * interval '1 millisecond'))
  on conflict (saga, key, name) do update set fire_at = excluded.fire_at, attempts = 0`;
const END_TIMER = `delete from nestanza.workflow_saga_timer where saga = $1 and key = $2 and name = $3`;

/** @param when - a time, or milliseconds from now */
export async function setTimer(
  tx: EntityManager,
  timer: { readonly saga: string; readonly key: string; readonly name: string },
  when: Date | number,
): Promise<void> {
  const [at, after] = when instanceof Date ? [when, null] : [null, when];
  await tx.query(SET_TIMER, [timer.saga, timer.key, timer.name, at, after]);
}

export async function endTimer(
  tx: EntityManager,
  { saga, key, name }: { readonly saga: string; readonly key: string; readonly name: string },
): Promise<void> {
  await tx.query(END_TIMER, [saga, key, name]);
}

const FIRE = `
  delete from nestanza.workflow_saga_timer where saga = $1 and key = $2 and name = $3 and fire_at <= clock_timestamp() returning name`;

/** Takes a timer that is due. `false`: another process has, or it was moved. Ask with the instance locked. */
export async function fireTimer(
  tx: EntityManager,
  { saga, key, name }: { readonly saga: string; readonly key: string; readonly name: string },
): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(FIRE, [saga, key, name]);
  return rows.length === 1;
}
