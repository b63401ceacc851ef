import type { Settlement } from '@nestanza/bus';
import type { StoredMessage } from '@nestanza/bus/internal';
import { faultPoint, NestanzaError, toError } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { sqlState } from '@nestanza/postgres/internal';
import type { DataSource, EntityManager } from 'typeorm';
import type { SubscribedGroup } from '../consumer-group.js';
import { TAKE } from '../lanes/lane-statements.js';
import type { StartedRow } from '../lanes/lanes.js';
import { withinHandler } from './handler-scope.js';

const taken = faultPoint('inbox.taken');
const handled = faultPoint('inbox.handled');
const committed = faultPoint('inbox.committed');

/** Server trouble of PostgreSQL: connection, resources, shutdown, I/O. Nothing is decided by it. */
const SERVER_TROUBLE = /^(08|53|57|58)/;

/** Rolls the handler's transaction back and carries out why. */
class RolledBack extends Error {
  constructor(readonly settlement: Settlement | undefined) {
    super('The transaction of the handler is rolled back.');
  }
}

export interface OwnTransactionRun {
  readonly dataSource: DataSource;
  /** Id of this process incarnation. */
  readonly process: string;
  readonly group: SubscribedGroup;
  readonly started: StartedRow;
  readonly message: StoredMessage;
  readonly signal: AbortSignal;
}

/**
 * Runs the handler in a transaction that begins by ending the row. Committed with its effects, or rolled back with them.
 * Resolves with `undefined` when the row was gone or the lane lost: nothing has happened then.
 * @throws when the database was away; whether it committed is unknown, and a second run finds out
 */
export async function runInOwnTransaction(run: OwnTransactionRun): Promise<Settlement | undefined> {
  let settlement: Settlement | undefined;
  try {
    await runInTransaction(run.dataSource, async (tx) => {
      await take(tx, run);
      const { subscription } = run.group;
      settlement = await withinHandler(subscription.handler, tx, () =>
        subscription.handle(run.message, { tx, signal: run.signal }),
      );
      if (settlement.outcome !== 'done') throw new RolledBack(settlement);
      await handled();
    });
    await committed();
    return settlement;
  } catch (error) {
    if (error instanceof RolledBack) return error.settlement;
    // The handler was content but its transaction could not commit: that is its failure, unless the database was away.
    if (settlement?.outcome === 'done' && isRefusal(error)) return { outcome: 'retry', error: toError(error) };
    throw error;
  }
}

async function take(tx: EntityManager, { process, group, started }: OwnTransactionRun): Promise<void> {
  const { row, epoch } = started;
  const [counted] = await tx.query<{ n: number }[]>(TAKE, [group.id, process, row.lane, row.id, epoch]);
  if (counted?.n !== 1) throw new RolledBack(undefined);
  await taken();
}

function isRefusal(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? error instanceof NestanzaError && !error.retryable : !SERVER_TROUBLE.test(state);
}
