import type { RunStatus } from '../run-status.js';
import type { Failure } from '../failure.js';
import { type Sql } from './sql.js';

/** A workflow in one version. */
export interface WorkflowId {
  readonly name: string;
  readonly version: string;
}

/** A run that this process has, as its row stood when it was claimed. */
export interface ClaimedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: RunStatus;
  /** JSON text. */
  readonly input: string | null;
  readonly error: Failure | null;
  readonly epoch: number;
  readonly signals: number;
  readonly cancelRequested: boolean;
  readonly interrupted: boolean;
  readonly takeovers: number;
  /** The run that waits for its end. */
  readonly parent: string | null;
  /** How often it has begun anew. */
  readonly generation: number;
  /** Milliseconds until the deadline, negative when it is over. */
  readonly deadline: number | null;
}

/** Whoever commits first has the run; a row that a step's transaction still holds is skipped. */
const CLAIM = {
  name: 'workflow_claim',
  text: `
  with me as materialized (select 1 from process where id = $1 and lease_until > clock_timestamp()),
  due as materialized (
    select r.id from me, unnest($2::text[], $4::text[]) n(workflow, version) cross join lateral (
      select w.id, w.wake_at from workflow_run w
      where w.workflow = n.workflow and w.version = n.version and w.owner is null and w.wake_at <= clock_timestamp()
      order by w.wake_at limit $3 for update skip locked) r
    order by r.wake_at limit $3)
  update workflow_run r set owner = $1, epoch = r.epoch + 1, wake_at = null, waiting_for = null, claimed_at = clock_timestamp(),
    status = case r.status when 'compensating' then r.status else 'running' end
  from due where r.id = due.id
  returning r.id, r.workflow, r.version, r.status, r.input::text as input, r.error, r.epoch, r.signals, r.interrupted, r.takeovers,
    r.parent_id as parent, r.generation,
    r.cancel_requested_at is not null as "cancelRequested",
    (extract(epoch from r.deadline_at - clock_timestamp()) * 1000)::float8 as deadline`,
};

/**
 * Takes up to `limit` due runs of these workflows, each with a new epoch.
 * @param limit - at least 1
 */
export function claimRuns(sql: Sql, workflows: readonly WorkflowId[], limit: number): Promise<ClaimedRun[]> {
  const names = workflows.map(({ name }) => name);
  const versions = workflows.map(({ version }) => version);
  return sql.query<ClaimedRun>(CLAIM, [sql.lease.id, names, limit, versions]);
}
