import type { DatabaseSession } from '@nestanza/postgres/internal';
import type { Unsettled } from './recorder.js';

/** Milliseconds: what waits for longer than this, for its next attempt or its timer, is parked. */
const SOON = 1_000;

/** What lies in the database of a world and will move by itself. */
export interface Backlog {
  /** One line for each kind of thing, in words. */
  readonly busy: readonly string[];
  /** Publications that everybody who consumes their channel has taken in. */
  readonly arrived: readonly Unsettled[];
}

const OUTBOX = `
  select channel, count(*)::int n, max(last_error) error from nestanza.outbox group by channel order by channel`;

/** Messages that wait for a later attempt are parked, and so are those behind them in the order of their key. */
const INBOX = `
  with parked as (select grp, key, id from nestanza.inbox where retry_at > clock_timestamp() + $1 * interval '1 ms')
  select g.channel, g.name, count(*)::int n from nestanza.inbox i join nestanza.consumer_group g on g.id = i.grp
  where not exists (select from parked p where p.grp = i.grp and (p.id = i.id or (p.key = i.key and p.id < i.id)))
  group by g.channel, g.name order by g.channel, g.name`;

/** $1, $2: channel and possible ids of each publication. Out: the place of each that some group has not taken in. */
const NOT_TAKEN_IN = `
  select p.place::int, g.channel, g.name
  from unnest($1::text[], $2::text[]) with ordinality p(channel, ids, place)
  join nestanza.consumer_group g on g.channel = p.channel
  where not exists (
    select from nestanza.inbox_seen s where s.grp = g.id and s.message_id in (select jsonb_array_elements_text(p.ids::jsonb)))`;

const WORKFLOWS = `
  select workflow, status, count(*)::int n from nestanza.workflow_run
  where status not in ('succeeded', 'failed', 'cancelled', 'stuck')
    and (owner is not null or wake_at <= clock_timestamp() + $1 * interval '1 ms')
  group by workflow, status order by workflow, status`;

interface Counted {
  readonly channel: string;
  readonly name: string;
  readonly n: number;
}

/** Looks through the tables of delivery and workflows. */
export async function lookAtBacklog(session: DatabaseSession, unsettled: readonly Unsettled[]): Promise<Backlog> {
  const [outbox, missing, inbox, workflows] = await Promise.all([
    session.query<{ channel: string; n: number; error: string | null }>(OUTBOX),
    session.query<{ place: number; channel: string; name: string }>(NOT_TAKEN_IN, [
      unsettled.map(({ channel }) => channel),
      unsettled.map(({ ids }) => JSON.stringify(ids)),
    ]),
    session.query<Counted>(INBOX, [SOON]),
    session.query<{ workflow: string; status: string; n: number }>(WORKFLOWS, [SOON]),
  ]);
  const onTheWay = new Set(missing.map(({ place }) => place - 1));
  return {
    busy: [
      ...outbox.map(
        ({ channel, n, error }) =>
          `outbox: ${count(n)} to ${channel}${error === null ? '' : ` (last error: ${error})`}`,
      ),
      ...counted(missing).map(({ channel, name, n }) => `on the way: ${count(n)} of ${channel} to the group "${name}"`),
      ...inbox.map(({ channel, name, n }) => `inbox: ${count(n)} of ${channel} in the group "${name}"`),
      ...workflows.map(({ workflow, status, n }) => `workflow ${workflow}: ${n} ${status}`),
    ],
    arrived: unsettled.filter((_, place) => !onTheWay.has(place)),
  };
}

function counted(rows: readonly Omit<Counted, 'n'>[]): readonly Counted[] {
  const groups = new Map<string, Counted>();
  for (const { channel, name } of rows) {
    const key = `${channel} ${name}`;
    groups.set(key, { channel, name, n: (groups.get(key)?.n ?? 0) + 1 });
  }
  return [...groups.values()];
}

function count(n: number): string {
  return n === 1 ? '1 message' : `${n} messages`;
}
