import type { Statement } from '@nestanza/postgres/internal';

/** In: service. Out: rows, waiting rows and the oldest row's age in milliseconds, of the inbox, outbox and dead letters. */
export const STATUS: Statement = {
  name: 'delivery.status',
  durable: false,
  text: `with mine as (select id, channel = 'outbox' outgoing from consumer_group where name = $1 or id = any($2::int[])),
    i as (select count(*)::int rows, count(retry_at)::int retrying, min(at) oldest from inbox
      where grp in (select id from mine where not outgoing)),
    o as (select count(*)::int rows, count(retry_at)::int retrying, min(at) oldest from outbox
      where grp in (select id from mine where outgoing)),
    d as (select count(*)::int rows, min(at) oldest from dead_letter where service = $1)
    select i.rows inbox_rows, i.retrying inbox_retrying, extract(epoch from clock_timestamp() - i.oldest)::float8 * 1000 inbox_oldest,
      o.rows outbox_rows, o.retrying outbox_retrying, extract(epoch from clock_timestamp() - o.oldest)::float8 * 1000 outbox_oldest,
      d.rows dead_rows, extract(epoch from clock_timestamp() - d.oldest)::float8 * 1000 dead_oldest
    from i, o, d`,
};
