import type { Statement } from '@nestanza/postgres/internal';

/** How many jobs there should be. In: service, groups. Out: dead letters, and messages that wait for 2 s or more. */
export const EXPECTED_JOBS: Statement = {
  name: 'delivery.expected-jobs',
  durable: false,
  text: `select (select count(*)::int from dead_letter where service = $1) dead,
    (select count(*)::int from inbox where grp = any($2::int[]) and retry_at > clock_timestamp() + interval '2 s') waiting`,
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
