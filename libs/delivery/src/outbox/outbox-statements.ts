import type { Statement } from '@nestanza/postgres/internal';

const INSERT = (schema: string) => `insert into ${schema}outbox (grp, lane, key, message_id, channel, envelope)
  select $1, m.lane, m.key, m.message_id, m.channel, m.envelope
  from unnest($2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
    with ordinality m(lane, key, message_id, channel, envelope, n)
  order by m.n`;

/** Stores messages. In: group, then lanes, keys, ids, channels, envelopes in order. */
export const STORE: Statement = { name: 'delivery.store', text: INSERT('') };

/** The same inside a caller's transaction, sent over TypeORM. */
export const STORE_WITHIN = INSERT('nestanza.');

/** What `NEXT` yields. */
export interface RawOutgoing {
  readonly id: string;
  readonly lane: number;
  readonly key: string | null;
  readonly message_id: string;
  readonly channel: string;
  readonly envelope: string;
  readonly attempts: number;
  readonly at: number;
}

/**
 * What to send next. In: group, lanes, ids under way, keys under way, limit a lane. Out: rows in order of their ids; of a
 * key whose first row waits for its next attempt, none. Not by a cursor: ids are given before their commit.
 */
export const NEXT: Statement = {
  name: 'delivery.next',
  durable: false,
  text: `select o.* from unnest($2::smallint[]) l(lane) cross join lateral (
      select o.id, o.lane, o.key, o.message_id, o.channel, o.envelope, o.attempts,
        extract(epoch from o.at)::float8 * 1000 as at
      from outbox o
      where o.grp = $1 and o.lane = l.lane and (o.retry_at is null or o.retry_at <= clock_timestamp())
        and o.id <> all($3::bigint[]) and (o.key is null or o.key <> all($4::text[]))
        and not exists (select 1 from outbox b
          where b.grp = $1 and b.key = o.key and b.id < o.id and b.retry_at > clock_timestamp())
      order by o.id limit $5) o
    order by o.id`,
};

/** Ends rows whose receiver has confirmed. In: ids. */
export const SENT: Statement = {
  name: 'delivery.sent',
  text: `delete from outbox where id = any($1::bigint[])`,
};

/** Puts a row off. In: id, seconds, why. */
export const PUT_OFF_OUTGOING: Statement = {
  name: 'delivery.put-off-outgoing',
  text: `update outbox set retry_at = clock_timestamp() + make_interval(secs => $2::float8),
    attempts = least(attempts + 1, 30000), last_error = $3 where id = $1`,
};
