import type { Statement } from '@nestanza/postgres/internal';

/**
 * Takes messages in. In: group, then senders, ids, digests, keys, lanes, envelopes in order of arrival. Out: the rows of
 * those that are new.
 */
export const INGEST: Statement = {
  name: 'delivery.ingest',
  text: `select sender, message_id, lane, id::text id, owner::text owner
    from ingest($1, $2, $3, $4, $5, $6::smallint[], $7)`,
};

/**
 * Which messages were taken in before. In: group, senders, ids, digests. Out: their positions, from 1. Those not looked
 * at for a day are remembered for another 7: what still stands on a node must not be forgotten.
 */
export const KNOWN: Statement = {
  name: 'delivery.known',
  text: `with asked as (
      select * from unnest($2::text[], $3::text[], $4::text[]) with ordinality a(sender, message_id, digest, n)),
    known as (
      select a.n, s.grp, s.sender, s.message_id, s.at from asked a join inbox_seen s
        on s.grp = $1 and s.sender = a.sender and s.message_id = a.message_id and s.digest = a.digest),
    kept as (
      update inbox_seen s set at = clock_timestamp() from known k
       where (s.grp, s.sender, s.message_id) = (k.grp, k.sender, k.message_id) and k.at < clock_timestamp() - interval '1 day')
    select n::int from known`,
};
