import type { EntityManager } from 'typeorm';
import type { RunStatus } from '../run-status.js';
import { BIRTH_LOCK } from './sql.js';

/** A signal on its way to a run. */
export interface NewSignal {
  readonly run: string;
  readonly name: string;
  /** Sent twice under one id, it arrives once. */
  readonly messageId: string;
  /** JSON text. */
  readonly payload: string | null;
}

/**
 * Locks the run, counts the signal in it and makes a parked run due: a run that is parking at this moment has either
 * seen the count, or is seen parked here.
 */
const ARRIVE = `
  with run as (
    update nestanza.workflow_run set signals = signals + 1,
      wake_at = case when owner is null and not paused and status = 'waiting' then least(wake_at, clock_timestamp()) else wake_at end
    where id = $1 and status not in ('succeeded', 'failed', 'cancelled') returning id),
  put as (
    insert into nestanza.workflow_signal (run_id, name, message_id, payload)
    select id, $2, $3, $4::jsonb from run on conflict (run_id, message_id) do nothing)
  select count(*)::integer as arrived from run`;

const STATUS = `select status from nestanza.workflow_run where id = $1`;
const LOCK = `select pg_advisory_xact_lock(${BIRTH_LOCK}, hashtext($1))`;
const KEEP = `
  insert into nestanza.workflow_signal (run_id, name, message_id, payload) values ($1, $2, $3, $4::jsonb)
  on conflict (run_id, message_id) do nothing`;

/**
 * Delivers a signal inside an open transaction. `early`: there is no such run yet; it will find the signal.
 * `ended`: nothing was stored.
 */
export async function sendSignal(tx: EntityManager, signal: NewSignal): Promise<'arrived' | 'early' | 'ended'> {
  const values = [signal.run, signal.name, signal.messageId, signal.payload];
  const arrive = async (): Promise<boolean> => {
    const [row]: { arrived: number }[] = await tx.query(ARRIVE, values);
    return row?.arrived === 1;
  };
  if (await arrive()) return 'arrived';
  // Nobody can be born under this id while the lock is held, and whoever was born before it is seen now.
  await tx.query(LOCK, [signal.run]);
  if (await arrive()) return 'arrived';
  const [run]: { status: RunStatus }[] = await tx.query(STATUS, [signal.run]);
  if (run !== undefined) return 'ended';
  await tx.query(KEEP, values);
  return 'early';
}
