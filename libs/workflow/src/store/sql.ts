import type { Kernel } from '@nestanza/postgres/internal';

/** What the statements of this folder need of the process's kernel connection. */
export type Sql = Pick<Kernel, 'query' | 'lease'>;

/**
 * Classid of the advisory locks, keyed by the hash of a run's id, between its birth (shared) and a signal that came
 * before it (exclusive).
 */
export const BIRTH_LOCK = 7004;

/**
 * CTE `live`: processes whose lease is valid on the database's clock and whose session still stands, so that both a
 * paused and a killed process show.
 */
export const LIVE = `live as materialized (
  select p.id from process p where p.lease_until > clock_timestamp() and exists (
    select 1 from pg_locks k where k.locktype = 'advisory' and k.classid = 7002 and k.objid = p.id and k.objsubid = 2 and k.granted))`;
