import type { MigrationInterface, QueryRunner } from 'typeorm';

const INGEST_HEAD = `create function nestanza.ingest(g int, senders text[], ids text[], digests text[], keys text[], lanes smallint[], envelopes text[])`;

/** As in the first migration; `result` and `yielded` are what it gives back. */
const ingest = (result: string, yielded: string) => `${INGEST_HEAD}
   returns table (${result}) language plpgsql as $$
   #variable_conflict use_column
   begin
     perform pg_advisory_xact_lock(7001, g);
     return query
     with m as (
       select * from unnest(senders, ids, digests, keys, lanes, envelopes)
         with ordinality as m(sender, message_id, digest, key, lane, envelope, ord)),
     seen as (
       insert into nestanza.inbox_seen as s (grp, sender, message_id, digest)
       select g, m.sender, m.message_id, m.digest from m
       on conflict (grp, sender, message_id) do update set digest = excluded.digest, at = excluded.at
         where s.digest <> excluded.digest
       returning s.sender, s.message_id),
     put as (
       insert into nestanza.inbox (grp, lane, key, sender, message_id, envelope)
       select g, m.lane, m.key, m.sender, m.message_id, m.envelope from m join seen using (sender, message_id)
       order by m.ord
       returning sender, message_id, lane, id)
     select ${yielded}
       from put join nestanza.lane l on l.grp = g and l.lane = put.lane;
   end $$`;

const UP = [
  'drop function nestanza.ingest',
  // Also tells the ids of the rows, so that each can have its job at once.
  ingest(
    'sender text, message_id text, lane smallint, id bigint, owner bigint',
    'put.sender, put.message_id, put.lane, put.id, l.owner',
  ),

  'drop function nestanza.replay',
  // Moves a dead letter back to where it came from, once. In: its id; for an edited one the new envelope and message id,
  // else null. Out: the row it became and whom to wake; nothing when it was replayed or discarded before.
  `create function nestanza.replay(letter bigint, edited text, edited_id text)
   returns table (source text, service text, grp int, lane smallint, id bigint, owner bigint, sender text, message_id text, key text)
   language plpgsql as $$
   #variable_conflict use_column
   declare
     d nestanza.dead_letter;
     row_id bigint;
   begin
     perform pg_advisory_xact_lock(7001, l.grp) from nestanza.dead_letter l where l.id = letter;
     delete from nestanza.dead_letter where id = letter returning * into d;
     if not found then return; end if;
     d.envelope := coalesce(edited, d.envelope);
     d.message_id := coalesce(edited_id, d.message_id);
     if d.source = 'inbox' then
       insert into nestanza.inbox (grp, lane, key, sender, message_id, envelope)
       values (d.grp, d.lane, d.key, d.sender, d.message_id, d.envelope) returning id into row_id;
     else
       insert into nestanza.outbox (grp, lane, key, message_id, channel, envelope)
       values (d.grp, d.lane, d.key, d.message_id, d.channel, d.envelope) returning id into row_id;
     end if;
     return query select d.source, d.service, l.grp, l.lane, row_id, l.owner, d.sender, d.message_id, d.key
       from nestanza.lane l where l.grp = d.grp and l.lane = d.lane;
   end $$`,
];

const DOWN = [
  'drop function nestanza.replay',
  `create function nestanza.replay(letter bigint)
   returns table (source text, grp int, lane smallint, owner bigint) language plpgsql as $$
   #variable_conflict use_column
   declare d nestanza.dead_letter;
   begin
     perform pg_advisory_xact_lock(7001, l.grp) from nestanza.dead_letter l where l.id = letter;
     delete from nestanza.dead_letter where id = letter returning * into d;
     if not found then return; end if;
     if d.source = 'inbox' then
       insert into nestanza.inbox (grp, lane, key, sender, message_id, envelope)
       values (d.grp, d.lane, d.key, d.sender, d.message_id, d.envelope);
     else
       insert into nestanza.outbox (grp, lane, key, message_id, channel, envelope)
       values (d.grp, d.lane, d.key, d.message_id, d.channel, d.envelope);
     end if;
     return query select d.source, l.grp, l.lane, l.owner from nestanza.lane l where l.grp = d.grp and l.lane = d.lane;
   end $$`,
  'drop function nestanza.ingest',
  ingest('sender text, message_id text, lane smallint, owner bigint', 'put.sender, put.message_id, put.lane, l.owner'),
];

/** Ingest and replay tell which row a message became; a dead letter can be replayed edited. */
export class DeliveryJobsAndEdits1764000000001 implements MigrationInterface {
  readonly name = 'DeliveryJobsAndEdits1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
