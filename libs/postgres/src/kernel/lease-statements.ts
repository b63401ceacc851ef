import { type Statement } from './statement.js';

/** The statements of the process lease (tables process, process_window). */
export const LEASE = {
  /**
   * In: seconds, groups. Out: id. A new incarnation that holds lock (7002, id) on this session. Those dead for a day
   * are forgotten; until then a new owner may ask what they had in memory.
   */
  register: {
    name: 'nst-lease-register',
    text: `with forgotten as (delete from process where lease_until < clock_timestamp() - interval '1 day'),
      p as (insert into process(lease_until, groups)
        values (clock_timestamp() + make_interval(secs => $1), $2::int[]) returning id),
      w as (insert into process_window(process, grp) select p.id, g from p, unnest($2::int[]) g)
      select id, pg_advisory_lock(7002, id::int) from p`,
  },
  /** In: id, groups. Sets the groups the process consumes; each has a window from then on. */
  announce: {
    name: 'nst-lease-announce',
    text: `with p as (update process set groups = $2::int[] where id = $1 returning id)
      insert into process_window(process, grp) select p.id, g from p, unnest($2::int[]) g on conflict do nothing`,
  },
  /** In: id, seconds. Out: one row, or none when the lease has lapsed: it is never revived. */
  heartbeat: {
    name: 'nst-lease-heartbeat',
    text: `update process set lease_until = clock_timestamp() + make_interval(secs => $2)
      where id = $1 and lease_until > clock_timestamp() returning id`,
  },
  /** In: id. Forgets the incarnation and its windows: it left nothing unfinished. */
  end: { name: 'nst-lease-end', text: 'delete from process where id = $1' },
} as const satisfies Readonly<Record<string, Statement>>;
