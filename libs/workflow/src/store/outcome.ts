import type { Failure } from '../failure.js';
import type { EndStatus } from '../run-status.js';
import type { Sql } from './sql.js';

/** How a run ended; `output` is JSON text. */
export interface RunOutcome {
  readonly id: string;
  readonly status: EndStatus;
  readonly output: string | null;
  readonly error: Failure | null;
}

const OUTCOMES = {
  name: 'workflow_outcomes',
  text: `select id, status, output::text as output, error from workflow_run
    where id = any($1::text[]) and status in ('succeeded', 'failed', 'cancelled')`,
};

/** The outcomes of those of the runs that have ended. */
export function outcomesOf(sql: Sql, runs: readonly string[]): Promise<RunOutcome[]> {
  return sql.query<RunOutcome>(OUTCOMES, [runs]);
}
