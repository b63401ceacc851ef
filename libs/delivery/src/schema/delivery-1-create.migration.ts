import type { MigrationInterface, QueryRunner } from 'typeorm';

const CREATE = [
  `create table nestanza.consumer_group (
     id int generated always as identity primary key,
     channel text not null,
     name text not null,
     constraint consumer_group_channel_name unique (channel, name))`,

  // The owner changes often and the row is small: room for updates in place.
  `create table nestanza.lane (
     grp int not null,
     lane smallint not null,
     owner bigint,
     epoch bigint not null default 0,
     primary key (grp, lane)) with (fillfactor = 50)`,

  `create table nestanza.inbox_seen (
     grp int not null,
     sender text not null,
     message_id text not null,
     digest text not null default '',
     at timestamptz not null default clock_timestamp(),
     primary key (grp, sender, message_id))`,
  `create index inbox_seen_at on nestanza.inbox_seen using brin (at)`,

  `create table nestanza.inbox (
     id bigint generated always as identity,
     grp int not null,
     lane smallint not null,
     key text,
     sender text not null,
     message_id text not null,
     envelope text not null,
     retry_at timestamptz,
     attempts smallint not null default 0,
     deliveries smallint not null default 0,
     failures jsonb not null default '[]',
     at timestamptz not null default clock_timestamp(),
     primary key (grp, lane, id))`,
  `create index inbox_key on nestanza.inbox (grp, key, id) where key is not null`,
  `create index inbox_retry on nestanza.inbox (grp, lane, retry_at) where retry_at is not null`,
  `alter table nestanza.inbox set (
     autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0)`,

  `create table nestanza.outbox (
     id bigint generated always as identity primary key,
     grp int not null,
     lane smallint not null,
     key text,
     message_id text not null,
     channel text not null,
     envelope text not null,
     retry_at timestamptz,
     attempts smallint not null default 0,
     last_error text,
     at timestamptz not null default clock_timestamp())`,
  `create index outbox_lane on nestanza.outbox (grp, lane, id)`,
  `create index outbox_retry on nestanza.outbox (grp, key, id) where retry_at is not null`,
  `alter table nestanza.outbox set (
     autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0)`,

  `create table nestanza.dead_letter (
     id bigint generated always as identity primary key,
     source text not null,
     service text not null,
     grp int not null,
     lane smallint not null,
     channel text not null,
     type text not null,
     handler text not null,
     sender text not null,
     message_id text not null,
     item text,
     key text,
     envelope text not null,
     code text not null,
     reason text not null,
     stack text,
     attempts smallint not null,
     failures jsonb not null default '[]',
     hook_error text,
     received_at timestamptz not null,
     at timestamptz not null default clock_timestamp())`,
  `create index dead_letter_service on nestanza.dead_letter (service, id)`,

  `create table nestanza.rpc_result (
     caller text not null,
     method text not null,
     key text not null,
     result text,
     at timestamptz not null default clock_timestamp(),
     primary key (caller, method, key)) with (fillfactor = 50)`,
  `create index rpc_result_at on nestanza.rpc_result using brin (at)`,

  // Takes messages in. In: group, then one array per column in order of arrival, no (sender, id) twice.
  // Out: the new messages, with the owner of their lane to wake; one that is missing is a duplicate.
  // The lock makes the ids of a group become visible in id order: a reader may go forward by id alone.
  `create function nestanza.ingest(g int, senders text[], ids text[], digests text[], keys text[], lanes smallint[], envelopes text[])
   returns table (sender text, message_id text, lane smallint, owner bigint) language plpgsql as $$
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
       returning sender, message_id, lane)
     select put.sender, put.message_id, put.lane, l.owner
       from put join nestanza.lane l on l.grp = g and l.lane = put.lane;
   end $$`,

  // Moves a dead letter back to where it came from, once. In: its id. Out: where it went and whom to wake; nothing
  // when it was replayed or discarded before.
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

  // Claims an idempotent call for the current transaction. Out: claimed, or the result recorded before. A concurrent
  // call with the same key waits for the first to end, 5 s at most (SQLSTATE 55P03), then gets its result or the claim.
  `create function nestanza.claim_call(c text, m text, k text)
   returns table (claimed boolean, result text) language plpgsql set lock_timeout = '5s' as $$
   #variable_conflict use_column
   begin
     insert into nestanza.rpc_result (caller, method, key) values (c, m, k) on conflict do nothing;
     if found then
       return query select true, null::text;
     else
       return query select false, r.result from nestanza.rpc_result r where (r.caller, r.method, r.key) = (c, m, k);
     end if;
   end $$`,
];

const DROP = [
  'drop function nestanza.claim_call',
  'drop function nestanza.replay',
  'drop function nestanza.ingest',
  'drop table nestanza.rpc_result',
  'drop table nestanza.dead_letter',
  'drop table nestanza.outbox',
  'drop table nestanza.inbox',
  'drop table nestanza.inbox_seen',
  'drop table nestanza.lane',
  'drop table nestanza.consumer_group',
];

/** Inbox, outbox, dead letters, recorded calls, and the lanes that say who works on what. */
export class DeliveryCreate1764000000000 implements MigrationInterface {
  readonly name = 'DeliveryCreate1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CREATE) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DROP) await runner.query(statement);
  }
}
