import type { Statement } from '@nestanza/postgres/internal';
import { buryStatement } from '../dead-letter/dead-letter-statements.js';
import type { RowStatements } from '../handling/row-statements.js';
import { LANE_ROW_COLUMNS } from '../lanes/lane-statements.js';

/**
 * The row of a job, locked, unless another transaction holds it. Its lock and the count of what is deleted are the
 * fence: no lane, no epoch ($2 and $5 are there for the statements' common shape).
 */
const ROW = `with c as materialized (
    select i.ctid from nestanza.inbox i where i.grp = $1 and i.lane = $3 and i.id = $4
      and $2::bigint is not null and $5::bigint is not null for update skip locked)`;
const DELETED = `delete from nestanza.inbox i where i.ctid = any(array(select ctid from c))`;

/** Of a worker with the row's job: who holds the row's lock has it. */
export const JOB_ROWS: RowStatements = {
  take: `${ROW}, d as (${DELETED} returning 1)
    select (select count(*)::int from d) n, set_config('application_name', 'nst:' || $2::bigint, true)`,
  finish: {
    name: 'delivery.finish-jobs',
    text: `delete from inbox where ctid = any(array(
      select i.ctid from unnest($3::smallint[], $4::bigint[], $5::bigint[]) u(lane, id, epoch) cross join lateral
        (select ctid from inbox i where i.grp = $1 and $2::bigint is not null and i.lane = u.lane and i.id = u.id offset 0) i))
      returning id`,
  },
  putOff: {
    name: 'delivery.put-off-job',
    text: `update inbox i set retry_at = clock_timestamp() + make_interval(secs => $6::float8),
        attempts = i.attempts + $7::smallint, failures = i.failures || $8::jsonb
      where i.grp = $1 and i.lane = $3 and i.id = $4 and $2::bigint is not null and $5::bigint is not null
      returning i.attempts`,
  },
  bury: buryStatement(`${ROW}, d as (${DELETED} returning i.*)`),
};

/**
 * The row of a job. In: group, lane, id, how often its worker was lost. Out: the row, its deliveries no fewer than that,
 * as far as it makes a suspect.
 */
export const ROW_OF_JOB: Statement = {
  name: 'delivery.row-of-job',
  durable: false,
  text: `with marked as (
      update inbox i set deliveries = least(2, $4::int) where i.grp = $1 and i.lane = $2 and i.id = $3
        and i.deliveries < least(2, $4::int) and $4 > 0)
    select ${LANE_ROW_COLUMNS}, false later from inbox where grp = $1 and lane = $2 and id = $3`,
};

/** In: group, lane, id. Out: one row if it is still there. */
export const ROW_STANDS: Statement = {
  name: 'delivery.row-stands',
  durable: false,
  text: `select 1 stands from inbox where grp = $1 and lane = $2 and id = $3`,
};
