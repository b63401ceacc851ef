import type { Statement } from '@nestanza/postgres/internal';

/** Makes a consumer group and its lanes exist. In: channel, group name. Out: its id. */
export const ENSURE_GROUP: Statement = {
  name: 'delivery.ensure-group',
  text: `with made as (
      insert into consumer_group (channel, name) values ($1, $2)
      on conflict (channel, name) do update set name = excluded.name returning id),
    lanes as (
      insert into lane (grp, lane) select made.id, lane from made, generate_series(0, 31) lane on conflict do nothing)
    select id from made`,
};

/** Gives all lanes of groups back; nothing that was in memory counts as a death. In: process, groups. */
export const RELEASE_ALL: Statement = {
  name: 'delivery.release-all',
  text: `with w as (delete from process_window where process = $1 and grp = any($2::int[]))
    update lane set owner = null where owner = $1 and grp = any($2::int[])`,
};

/** An incarnation of this very process has ended without a death: what it had in memory is no suspect. In: process. */
export const FORGIVE: Statement = {
  name: 'delivery.forgive',
  text: `delete from process_window where process = $1`,
};

/**
 * A process lives while its lease is valid and it holds its session lock, so that a killed one is dead at once. One rule
 * for all: who counts members by another than who takes lanes would give back what it has just taken.
 */
const LIVES = `p.lease_until > clock_timestamp() and exists (select 1 from pg_locks k
  where k.locktype = 'advisory' and k.classid = 7002 and k.objid = p.id and k.objsubid = 2 and k.granted)`;

/** The database's word on ownership. In: process, groups. Out: per group the number of live members and the own lanes. */
export const SURVEY: Statement = {
  name: 'delivery.survey',
  durable: false,
  text: `with live as materialized (select p.groups from process p where ${LIVES})
    select g grp,
      (select count(*)::int from live where g = any(live.groups)) members,
      (select coalesce(json_agg(json_build_object('lane', l.lane, 'epoch', l.epoch::text)), '[]')
         from lane l where l.grp = g and l.owner = $1) lanes
    from unnest($2::int[]) g`,
};

/**
 * Takes free lanes, and those of dead processes, up to the fair share. In: group, process, lanes owned. Out: lanes with
 * their new epoch and the dead owner, if there was one.
 */
export const ACQUIRE: Statement = {
  name: 'delivery.acquire',
  text: `with live as materialized (
      select p.id from process p where $1::int = any(p.groups) and ${LIVES}),
    pick as (
      select l.lane, l.owner from lane l
       where l.grp = $1 and (l.owner is null or l.owner not in (select id from live)) and $2::bigint in (select id from live)
       order by l.lane
       limit greatest(0, ceil(32.0 / greatest(1, (select count(*) from live)))::int - $3::int) for update of l skip locked)
    update lane l set owner = $2::bigint, epoch = l.epoch + 1 from pick
     where l.grp = $1 and l.lane = pick.lane returning l.lane, l.epoch::text epoch, pick.owner::text previous`,
};

/** Gives lanes away. In: group, process, lanes. */
export const RELEASE: Statement = {
  name: 'delivery.release',
  text: `update lane set owner = null where grp = $1 and owner = $2 and lane = any($3::smallint[])`,
};

/**
 * Ends the database sessions of dead processes: a stopped one's row locks would hold up whoever takes over. In: ids of
 * processes known to be dead; those whose lease is over are found besides.
 */
export const TERMINATE: Statement = {
  name: 'delivery.terminate',
  text: `select pg_terminate_backend(a.pid) from pg_stat_activity a
    where a.application_name = any(select 'nst:' || id from unnest($1::bigint[]) id)
       or a.application_name in (select 'nst:' || p.id from process p where p.lease_until <= clock_timestamp())`,
};

/** Counts a delivery for every row that a dead process had in memory. In: dead processes, group, lanes taken. */
export const SUSPECT: Statement = {
  name: 'delivery.suspect',
  text: `update inbox i set deliveries = i.deliveries + 1
    from (select distinct unnest(ids) id from process_window where process = any($1::bigint[]) and grp = $2) w
    where i.grp = $2 and i.lane = any($3::smallint[]) and i.id = w.id and i.deliveries < 2`,
};
