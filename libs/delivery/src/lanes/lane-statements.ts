import type { Statement } from '@nestanza/postgres/internal';
import type { LaneRow } from './lane-row.js';

/** Columns of the inbox that a `LaneRow` needs. */
export const LANE_ROW_COLUMNS = `id, lane, key, sender, message_id, envelope, attempts, deliveries, extract(epoch from at)::float8 * 1000 as at`;

/** What the reading statements yield; PostgreSQL's bigint comes as text. */
export interface RawLaneRow {
  readonly id: string;
  readonly lane: number;
  readonly key: string | null;
  readonly sender: string;
  readonly message_id: string;
  readonly envelope: string;
  readonly attempts: number;
  readonly deliveries: number;
  readonly at: number;
  readonly later: boolean | null;
}

export function toLaneRow(raw: RawLaneRow): LaneRow {
  return {
    id: Number(raw.id),
    lane: raw.lane,
    key: raw.key ?? undefined,
    sender: raw.sender,
    messageId: raw.message_id,
    envelope: raw.envelope,
    attempts: raw.attempts,
    deliveries: raw.deliveries,
    receivedAt: raw.at,
    later: raw.later ?? false,
  };
}

/**
 * Reads lanes forward and marks what is in memory, for whoever takes over after a death.
 * In: group, process, lanes, cursors, limit a lane, ids in memory. Out: rows in order of their ids.
 */
export const READ: Statement = {
  name: 'delivery.read',
  durable: false,
  text: `with r as materialized (
      select i.* from unnest($3::smallint[], $4::bigint[]) c(lane, after) cross join lateral
        (select * from inbox i where i.grp = $1 and i.lane = c.lane and i.id > c.after order by i.id limit $5) i),
    mark as (
      update process_window set ids = $6::bigint[] || (select array_agg(id) from r)
       where process = $2 and grp = $1 and exists (select 1 from r))
    select ${LANE_ROW_COLUMNS}, retry_at > clock_timestamp() later from r order by id`,
};

/** Reads skipped rows of a key again. In: group, key, first id, last id, limit. */
export const REFILL: Statement = {
  name: 'delivery.refill',
  durable: false,
  text: `select ${LANE_ROW_COLUMNS}, retry_at > clock_timestamp() later from inbox
    where grp = $1 and key = $2 and id between $3 and $4 order by id limit $5`,
};

/** Rows whose next attempt is due. In: group, lanes, limit a lane. */
export const DUE: Statement = {
  name: 'delivery.due',
  durable: false,
  text: `select i.* from unnest($2::smallint[]) c(lane) cross join lateral
    (select ${LANE_ROW_COLUMNS}, false later from inbox i
      where i.grp = $1 and i.lane = c.lane and i.retry_at <= clock_timestamp() order by i.retry_at limit $3) i`,
};

/**
 * Ends rows that had no transaction of their own. In: group, process, lanes, ids, epochs.
 * Out: the ids that ended; one that is missing was fenced or gone.
 * The scan by ctid keeps a plan made on an empty table from being a bad one for a full one.
 */
export const FINISH: Statement = {
  name: 'delivery.finish',
  text: `with u as materialized (
      select u.lane, u.id from unnest($3::smallint[], $4::bigint[], $5::bigint[]) u(lane, id, epoch)
        join lane l on l.grp = $1 and l.lane = u.lane and l.epoch = u.epoch and l.owner = $2)
    delete from inbox where ctid = any(array(
      select i.ctid from u cross join lateral
        (select ctid from inbox i where i.grp = $1 and i.lane = u.lane and i.id = u.id offset 0) i)) returning id`,
};

/** Counts a start of a suspect before it happens. In: group, lane, id. Out: its count; no row when it is gone. */
export const COUNT: Statement = {
  name: 'delivery.count',
  text: `update inbox set deliveries = deliveries + 1 where grp = $1 and lane = $2 and id = $3 returning deliveries`,
};

/**
 * Puts a row off. In: group, process, lane, id, epoch, seconds, failed attempts to add, failures to add.
 * Out: its attempts; no row when it was fenced or gone.
 */
export const PUT_OFF: Statement = {
  name: 'delivery.put-off',
  text: `update inbox i set retry_at = clock_timestamp() + make_interval(secs => $6::float8),
      attempts = i.attempts + $7::smallint, failures = i.failures || $8::jsonb
    from lane l
    where i.grp = $1 and i.lane = $3 and i.id = $4
      and l.grp = $1 and l.lane = $3 and l.epoch = $5 and l.owner = $2 returning i.attempts`,
};

/** Makes a waiting row due now. In: group, lane, id, its attempts. Out: the owner of its lane. */
export const HURRY: Statement = {
  name: 'delivery.hurry',
  text: `update inbox i set retry_at = least(i.retry_at, clock_timestamp()) from lane l
    where i.grp = $1 and i.lane = $2 and i.id = $3 and i.attempts = $4 and i.retry_at is not null
      and l.grp = $1 and l.lane = $2 returning l.owner::text owner`,
};

/**
 * The first statement of a handler's own transaction: ends the row, so that it commits with the handler's effects.
 * Its row lock and its count are the fence. In: group, process, lane, id, epoch. Out: n, 0 when fenced or gone.
 * Sent over TypeORM, hence with qualified names.
 */
export const TAKE = `with d as (
    delete from nestanza.inbox i using nestanza.lane l
     where i.grp = $1 and i.lane = $3 and i.id = $4
       and l.grp = $1 and l.lane = $3 and l.epoch = $5 and l.owner = $2 returning 1)
  select (select count(*)::int from d) n, set_config('application_name', 'nst:' || $2, true)`;
