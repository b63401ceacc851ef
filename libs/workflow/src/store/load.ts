import type { StepKind } from '../entities/step-record.entity.js';
import type { Failure } from '../failure.js';
import type { Sql } from './sql.js';

/** A recorded step; `output` is JSON text. */
export interface RecordedStep {
  readonly key: string;
  readonly seq: number;
  readonly kind: StepKind;
  readonly output: string | null;
  readonly error: Failure | null;
  readonly compensable: boolean;
}

export interface LoadedTimer {
  readonly key: string;
  /** Milliseconds until it fires; negative when it is over. */
  readonly remaining: number;
  readonly attempt: number;
  readonly error: Failure | null;
}

export interface OpenSignal {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly payload: string | null;
}

/** All that a run has recorded. */
export interface RunHistory {
  readonly steps: readonly RecordedStep[];
  readonly timers: readonly LoadedTimer[];
  /** Not yet taken by a step, in the order of their arrival. */
  readonly signals: readonly OpenSignal[];
}

export const EMPTY_HISTORY: RunHistory = { steps: [], timers: [], signals: [] };

const STEPS = {
  name: 'workflow_load_steps',
  text: `select run_id as run, key, seq, kind, output::text as output, error, compensable from workflow_step where run_id = any($1::text[])`,
};
const TIMERS = {
  name: 'workflow_load_timers',
  text: `select run_id as run, key, attempt, error, (extract(epoch from fire_at - clock_timestamp()) * 1000)::float8 as remaining
    from workflow_timer where run_id = any($1::text[])`,
};
const SIGNALS = {
  name: 'workflow_load_signals',
  text: `select run_id as run, id, name, payload::text as payload from workflow_signal
    where run_id = any($1::text[]) and consumed_by is null order by id`,
};

type OfRun<Row> = Row & { readonly run: string };

function group<Row>(rows: readonly OfRun<Row>[]): Map<string, OfRun<Row>[]> {
  const groups = new Map<string, OfRun<Row>[]>();
  for (const row of rows) {
    const group = groups.get(row.run);
    if (group === undefined) groups.set(row.run, [row]);
    else group.push(row);
  }
  return groups;
}

/** What these runs have recorded. Read after their claim has committed: nobody else can add a step any more. */
export async function loadHistories(sql: Sql, runs: readonly string[]): Promise<ReadonlyMap<string, RunHistory>> {
  if (runs.length === 0) return new Map();
  const [steps, timers, signals] = await Promise.all([
    sql.query<OfRun<RecordedStep>>(STEPS, [runs]).then(group),
    sql.query<OfRun<LoadedTimer>>(TIMERS, [runs]).then(group),
    sql.query<OfRun<OpenSignal>>(SIGNALS, [runs]).then(group),
  ]);
  return new Map(
    runs.map((run) => [
      run,
      { steps: steps.get(run) ?? [], timers: timers.get(run) ?? [], signals: signals.get(run) ?? [] },
    ]),
  );
}

const ARRIVED = {
  name: 'workflow_arrived_signals',
  text: `select r.signals as count, (select json_agg(json_build_object('id', s.id::text, 'name', s.name, 'payload', s.payload::text) order by s.id)
    from workflow_signal s where s.run_id = r.id and s.consumed_by is null) as open
    from workflow_run r where r.id = $1`,
};

/** The signals of a run that have arrived by now, and how many it was ever sent. */
export async function arrivedSignals(sql: Sql, run: string): Promise<{ count: number; open: readonly OpenSignal[] }> {
  const [row] = await sql.query<{ count: number; open: OpenSignal[] | null }>(ARRIVED, [run]);
  return { count: row?.count ?? 0, open: row?.open ?? [] };
}
