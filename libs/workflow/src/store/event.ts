import type { EntityManager } from 'typeorm';

/** Classid of the advisory locks of topics: exclusive for who begins to wait, shared for what arrives. */
const TOPIC_LOCK = 7005;

/** A message that workflows may wait for; `body` is JSON text. */
export interface ArrivedEvent {
  readonly topic: string;
  readonly sender: string;
  readonly messageId: string;
  readonly body: string;
  /** Leaves of the body, by which waits are found. */
  readonly leaves: readonly string[];
  /** Milliseconds for which it is kept. */
  readonly keep: number;
}

/** A run that waits for an event; `filter` is JSON text. */
export interface EventWait {
  readonly run: string;
  readonly epoch: number;
  readonly process: string;
  readonly key: string;
  readonly topic: string;
  readonly probe: string;
  readonly filter: string;
  /** Ids of events that this run has had already. */
  readonly had: readonly string[];
}

const ARRIVING = `select pg_advisory_xact_lock_shared(${TOPIC_LOCK}, hashtext($1))`;
const WAITING = `select pg_advisory_xact_lock(${TOPIC_LOCK}, hashtext($1))`;

const KEEP = `
  insert into nestanza.workflow_event (topic, sender, message_id, body, expires_at)
  values ($1, $2, $3, $4::jsonb, clock_timestamp() + $5::float8 * interval '1 millisecond')
  on conflict (topic, sender, message_id) do nothing returning id`;

/** As a signal does: counted in the run's row, so that a run that is parking at this moment notices. */
const WAKE = `
  with due as (
    select r.id from nestanza.workflow_run r where r.id in (
      select w.run_id from nestanza.workflow_wait w where w.topic = $1 and w.probe = any($2::text[]) and $3::jsonb @> w.filter)
    order by r.id for no key update),
  woken as (
    update nestanza.workflow_run r set signals = r.signals + 1,
      wake_at = case when r.owner is null and not r.paused and r.status = 'waiting' then least(r.wake_at, clock_timestamp()) else r.wake_at end
    from due where r.id = due.id returning r.id)
  select count(*)::integer as woken from woken`;

/**
 * Keeps an event inside an open transaction, and makes the runs that wait for it due. Answers how many; none for a
 * repeated one.
 */
export async function keepEvent(tx: EntityManager, event: ArrivedEvent): Promise<number> {
  await tx.query(ARRIVING, [event.topic]);
  const { topic, sender, messageId, body, leaves, keep } = event;
  const kept: unknown[] = await tx.query(KEEP, [topic, sender, messageId, body, keep]);
  if (kept.length === 0) return 0;
  const [row]: { woken: number }[] = await tx.query(WAKE, [topic, ['', ...leaves], body]);
  return row?.woken ?? 0;
}

const FIND = `
  select e.id, e.body::text as body from nestanza.workflow_event e
  where e.topic = $1 and e.body @> $2::jsonb and e.expires_at > clock_timestamp() and not (e.id = any($3::bigint[]))
    and e.created_at >= (select r.created_at from nestanza.workflow_run r where r.id = $4)
  order by e.id limit 1`;

const REGISTER = `
  insert into nestanza.workflow_wait (run_id, key, topic, probe, filter)
  select id, $4, $5, $6, $7::jsonb from nestanza.workflow_run where id = $1 and epoch = $2 and owner = $3::bigint
  on conflict (run_id, key) do nothing`;

export interface FoundEvent {
  readonly id: string;
  /** JSON text. */
  readonly body: string;
}

/**
 * The first event since the run's creation that the filter matches. Without one, whoever brings it from now on finds
 * the run waiting: the lock lets no arrival be under way unseen.
 */
export async function awaitEvent(tx: EntityManager, wait: EventWait): Promise<FoundEvent | undefined> {
  const find = async (): Promise<FoundEvent | undefined> => {
    const [event]: FoundEvent[] = await tx.query(FIND, [wait.topic, wait.filter, wait.had, wait.run]);
    return event;
  };
  const early = await find();
  if (early !== undefined) return early;
  await tx.query(WAITING, [wait.topic]);
  await tx.query(REGISTER, [wait.run, wait.epoch, wait.process, wait.key, wait.topic, wait.probe, wait.filter]);
  return find();
}
