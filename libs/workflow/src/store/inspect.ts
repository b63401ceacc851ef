/** Columns of a table as the properties of its entity. */
const columns = (table: string, properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([property, column]) => `${table}.${column} as "${property}"`)
    .join(', ');

const same = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));

const RUN = columns('r', {
  ...same(
    'id',
    'workflow',
    'status',
    'input',
    'output',
    'error',
    'problem',
    'epoch',
    'owner',
    'signals',
    'takeovers',
    'interrupted',
    'generation',
    'paused',
    'attributes',
  ),
  parentId: 'parent_id',
  forkedFrom: 'forked_from',
  wakeAt: 'wake_at',
  waitingFor: 'waiting_for',
  deadlineAt: 'deadline_at',
  cancelRequestedAt: 'cancel_requested_at',
  createdAt: 'created_at',
  claimedAt: 'claimed_at',
  endedAt: 'ended_at',
});

/** In: workflow, status, creation before, attributes (each or null), limit. Newest first. */
export const RUNS = `select ${RUN} from nestanza.workflow_run r
    where ($1::text is null or r.workflow = $1) and ($2::text is null or r.status = $2) and ($3::timestamptz is null or r.created_at < $3)
      and ($4::jsonb is null or r.attributes @> $4::jsonb)
    order by r.created_at desc limit $5`;

/** In: id. */
export const ONE_RUN = `select ${RUN} from nestanza.workflow_run r where r.id = $1`;

/** In: id of a run. In the order in which they were recorded. */
export const STEPS_OF = `select ${columns('s', {
  runId: 'run_id',
  ...same('key', 'seq', 'kind', 'attempt', 'output', 'error', 'compensable', 'epoch'),
  startedAt: 'started_at',
  recordedAt: 'recorded_at',
})} from nestanza.workflow_step s where s.run_id = $1 order by s.recorded_at, s.seq`;

/** In: id of a run. The next first. */
export const TIMERS_OF = `select ${columns('t', {
  runId: 'run_id',
  ...same('key', 'attempt', 'error'),
  fireAt: 'fire_at',
  createdAt: 'created_at',
})} from nestanza.workflow_timer t where t.run_id = $1 order by t.fire_at`;

/** In: id of a run. In the order of their arrival. */
export const SIGNALS_OF = `select ${columns('g', {
  ...same('id', 'name', 'payload'),
  runId: 'run_id',
  messageId: 'message_id',
  consumedBy: 'consumed_by',
  createdAt: 'created_at',
})} from nestanza.workflow_signal g where g.run_id = $1 order by g.id`;

/** In: saga, key. */
export const HISTORY_OF = `select ${columns('t', {
  ...same('saga', 'key', 'version', 'cause', 'at'),
  fromState: 'from_state',
  toState: 'to_state',
  messageId: 'message_id',
})} from nestanza.workflow_transition t where t.saga = $1 and t.key = $2 order by t.version`;

/** In: saga. */
export const EDGES_OF = `select distinct from_state as "from", to_state as "to", cause from nestanza.workflow_transition where saga = $1
    and from_state is distinct from to_state`;
