import type { Kernel, Statement } from '@nestanza/postgres/internal';

/** A stop on a message's way, as the tables know it. */
export interface TraceStop {
  /**
   * `stored`: in an outbox, not yet confirmed. `received`: a group took it in. `running`: its row waits for its handler
   * or its next attempt. `handled`: the group has no row of it any more. `dead`: a dead letter.
   */
  readonly stop: 'stored' | 'received' | 'running' | 'handled' | 'dead';
  readonly at: Date | null;
  /** The service that sends, or the group that receives. */
  readonly group: string;
  readonly channel: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Why it waits or was given up. */
  readonly reason: string | null;
  /** When its next attempt is due. */
  readonly dueAt: Date | null;
  /** Id of the dead letter. */
  readonly letter: string | null;
}

const TRACE: Statement = {
  name: 'delivery.trace',
  durable: false,
  text: `with g as (select id, name, channel from consumer_group),
    seen as (select s.grp, s.at, g.name, g.channel from inbox_seen s join g on g.id = s.grp where s.message_id = $1),
    here as (select i.grp, i.at, i.attempts, i.failures, i.retry_at, g.name, g.channel
      from inbox i join g on g.id = i.grp where i.message_id = $1),
    dead as (select d.grp, d.at, d.attempts, d.reason, d.id, d.service, d.channel from dead_letter d where d.message_id = $1)
    select stop, at, "group", channel, attempts, reason, "dueAt", letter from (
      select 'stored' stop, o.at, g.name "group", o.channel, o.attempts::int attempts, o.last_error reason,
        o.retry_at "dueAt", null::text letter, 1 n from outbox o join g on g.id = o.grp where o.message_id = $1
      union all select 'received', at, name, channel, 0, null, null, null, 2 from seen
      union all select 'running', at, name, channel, attempts, failures->-1->>'message', retry_at, null, 3 from here
      union all select 'handled', null, name, channel, 0, null, null, null, 4 from seen
        where grp not in (select grp from here) and grp not in (select grp from dead)
      union all select 'dead', at, service, channel, attempts, reason, null, id::text, 5 from dead) t
    order by n, at`,
};

/**
 * Where a message has been and is, over all services of the database. A message that was sent and confirmed has left its
 * outbox; ids are remembered for seven days.
 */
export function traceMessage(kernel: Kernel, messageId: string): Promise<readonly TraceStop[]> {
  return kernel.query<TraceStop>(TRACE, [messageId]);
}
