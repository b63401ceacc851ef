import type { Statement } from '@nestanza/postgres/internal';

/**
 * How many jobs there should be. In: service, groups of lanes, groups of jobs. Out: dead letters, messages of lanes that
 * wait for 2 s or more, and messages of jobs, 10,000 at most.
 */
export const EXPECTED_JOBS: Statement = {
  name: 'delivery.expected-jobs',
  durable: false,
  text: `select (select count(*)::int from dead_letter where service = $1) dead,
    (select count(*)::int from inbox where grp = any($2::int[]) and retry_at > clock_timestamp() + interval '2 s') waiting,
    (select count(*)::int from (select 1 from inbox where grp = any($3::int[]) and at < clock_timestamp() - interval '500 ms' limit 10000) i) queued`,
};

/** A page of dead letters. In: service, id behind which it begins, limit. */
export const DEAD_PAGE: Statement = {
  name: 'delivery.dead-page',
  durable: false,
  text: `select * from dead_letter where service = $1 and id > $2 order by id limit $3`,
};

/** A page of waiting messages. In: groups, id behind which it begins, limit. */
export const WAITING_PAGE: Statement = {
  name: 'delivery.waiting-page',
  durable: false,
  text: `select id::text id, grp, lane, key, sender, message_id, attempts, failures->-1->>'message' reason,
      extract(epoch from retry_at)::float8 * 1000 due
    from inbox where grp = any($1::int[]) and retry_at > clock_timestamp() + interval '1 s' and id > $2 order by id limit $3`,
};

/** A page of messages that are jobs. In: groups, id behind which it begins, limit. Out: with milliseconds until due. */
export const QUEUED_PAGE: Statement = {
  name: 'delivery.queued-page',
  durable: false,
  text: `select id::text id, grp, lane, key, sender, message_id,
      greatest(0, extract(epoch from coalesce(retry_at, clock_timestamp()) - clock_timestamp()))::float8 * 1000 delay
    from inbox where grp = any($1::int[]) and id > $2 order by id limit $3`,
};

/** Which of these letters are gone. In: ids. */
export const GONE_LETTERS: Statement = {
  name: 'delivery.gone-letters',
  durable: false,
  text: `select a.id::text id from unnest($1::bigint[]) a(id) where not exists (select 1 from dead_letter d where d.id = a.id)`,
};
