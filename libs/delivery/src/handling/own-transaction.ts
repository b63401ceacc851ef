import type { Settlement } from '@nestanza/bus';
import type { StoredMessage } from '@nestanza/bus/internal';
import { faultPoint, toError } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import type { DataSource, EntityManager } from 'typeorm';
import type { SubscribedGroup } from '../consumer-group.js';
import type { StartedRow } from '../lanes/lanes.js';
import { withinHandler } from './handler-scope.js';

const taken = faultPoint('inbox.taken');
const handled = faultPoint('inbox.handled');
const committed = faultPoint('inbox.committed');

/** Rolls the handler's transaction back and carries out why. */
class RolledBack extends Error {
  constructor(readonly settlement: Settlement | undefined) {
    super('The transaction of the handler is rolled back.');
  }
}

export interface OwnTransactionRun {
  readonly dataSource: DataSource;
  /** Takes the row. */
  readonly take: string;
  /** Id of this process incarnation. */
  readonly process: string;
  readonly group: SubscribedGroup;
  readonly started: StartedRow;
  readonly message: StoredMessage;
  readonly signal: AbortSignal;
}

/**
 * Runs the handler in a transaction that begins by ending the row. Committed with its effects, or rolled back with them.
 * Resolves with `undefined` when the row was gone or the lane lost: nothing has happened then. A transaction that could
 * not commit is a failure of its handler; had it committed after all, the row is gone and no retry finds it.
 * @throws when the database was away before the handler began
 */
export async function runInOwnTransaction(run: OwnTransactionRun): Promise<Settlement | undefined> {
  const { subscription } = run.group;
  let begun = false;
  try {
    const settlement = await runInTransaction(run.dataSource, async (tx) => {
      await take(tx, run);
      begun = true;
      const settled = await withinHandler(subscription.handler, tx, () =>
        subscription.handle(run.message, { tx, signal: run.signal }),
      );
      if (settled.outcome !== 'done') throw new RolledBack(settled);
      await handled();
      return settled;
    });
    await committed();
    return settlement;
  } catch (error) {
    if (error instanceof RolledBack) return error.settlement;
    if (begun) return { outcome: 'retry', error: toError(error) };
    throw error;
  }
}

async function take(tx: EntityManager, { take: statement, process, group, started }: OwnTransactionRun): Promise<void> {
  const { row, epoch } = started;
  const [counted] = await tx.query<{ n: number }[]>(statement, [group.id, process, row.lane, row.id, epoch]);
  if (counted?.n !== 1) throw new RolledBack(undefined);
  await taken();
}
