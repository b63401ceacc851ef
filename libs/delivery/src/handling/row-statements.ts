import type { Statement } from '@nestanza/postgres/internal';
import { BURY } from '../dead-letter/dead-letter-statements.js';
import { FINISH, PUT_OFF, TAKE } from '../lanes/lane-statements.js';

/** How a dispatcher ends and puts off rows; each of them is fenced in its own way. */
export interface RowStatements {
  /** First statement of a handler's own transaction. In: group, process, lane, id, epoch. Out: n, 1 if it took the row. */
  readonly take: string;
  /** Ends rows without a transaction of their own. In: group, process, lanes, ids, epochs. Out: ids that ended. */
  readonly finish: Statement;
  /** In: group, process, lane, id, epoch, seconds, failed attempts, failures. Out: attempts of the row. */
  readonly putOff: Statement;
  /** In as of `BURY`. Out: the dead letter. */
  readonly bury: string;
}

/** Of a process that owns the lane, by its epoch. */
export const LANE_ROWS: RowStatements = { take: TAKE, finish: FINISH, putOff: PUT_OFF, bury: BURY };
