import type { Statement } from '@nestanza/postgres/internal';

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
  ),
  wakeAt: 'wake_at',
  waitingFor: 'waiting_for',
  deadlineAt: 'deadline_at',
  cancelRequestedAt: 'cancel_requested_at',
  createdAt: 'created_at',
  claimedAt: 'claimed_at',
  endedAt: 'ended_at',
});

/** In: workflow or null, status or null, creation before or null, limit. Newest first. */
export const RUNS: Statement = {
  name: 'workflow_inspect_runs',
  durable: false,
  text: `select ${RUN} from workflow_run r
    where ($1::text is null or r.workflow = $1) and ($2::text is null or r.status = $2) and ($3::timestamptz is null or r.created_at < $3)
    order by r.created_at desc limit $4`,
};

/** In: id. */
export const ONE_RUN: Statement = {
  name: 'workflow_inspect_run',
  durable: false,
  text: `select ${RUN} from workflow_run r where r.id = $1`,
};

/** In: id of a run. In the order in which they were recorded. */
export const STEPS_OF: Statement = {
  name: 'workflow_inspect_steps',
  durable: false,
  text: `select ${columns('s', {
    runId: 'run_id',
    ...same('key', 'seq', 'kind', 'attempt', 'output', 'error', 'compensable', 'epoch'),
    startedAt: 'started_at',
    recordedAt: 'recorded_at',
  })} from workflow_step s where s.run_id = $1 order by s.recorded_at, s.seq`,
};

/** In: id of a run. The next first. */
export const TIMERS_OF: Statement = {
  name: 'workflow_inspect_timers',
  durable: false,
  text: `select ${columns('t', {
    runId: 'run_id',
    ...same('key', 'attempt', 'error'),
    fireAt: 'fire_at',
    createdAt: 'created_at',
  })} from workflow_timer t where t.run_id = $1 order by t.fire_at`,
};

/** In: id of a run. In the order of their arrival. */
export const SIGNALS_OF: Statement = {
  name: 'workflow_inspect_signals',
  durable: false,
  text: `select ${columns('g', {
    ...same('id', 'name', 'payload'),
    runId: 'run_id',
    messageId: 'message_id',
    consumedBy: 'consumed_by',
    createdAt: 'created_at',
  })} from workflow_signal g where g.run_id = $1 order by g.id`,
};

/** In: saga, key. */
export const HISTORY_OF: Statement = {
  name: 'workflow_inspect_history',
  durable: false,
  text: `select ${columns('t', {
    ...same('saga', 'key', 'version', 'cause', 'at'),
    fromState: 'from_state',
    toState: 'to_state',
    messageId: 'message_id',
  })} from workflow_transition t where t.saga = $1 and t.key = $2 order by t.version`,
};

/** In: saga. */
export const EDGES_OF: Statement = {
  name: 'workflow_inspect_edges',
  durable: false,
  text: `select distinct from_state as "from", to_state as "to", cause from workflow_transition where saga = $1
    and from_state is distinct from to_state`,
};
