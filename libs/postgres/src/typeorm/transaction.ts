import { AsyncLocalStorage } from 'node:async_hooks';
import { NestanzaError } from '@nestanza/core';
import { type DataSource, type EntityManager } from 'typeorm';
import { sqlState } from '../sql-state.js';

interface AmbientTransaction {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void)[];
  /** The work has settled: what it left running no longer belongs to the transaction. */
  over: boolean;
}

/** SQLSTATE of every statement after the one that failed. */
const IN_FAILED_TRANSACTION = '25P02';

const ambient = new AsyncLocalStorage<AmbientTransaction>();

/**
 * Runs `work` in a transaction that everything it awaits can find by `currentTransaction`. Committed when `work`
 * resolves, rolled back when it rejects. A data source gives a new transaction on a connection of its own, even inside
 * another one; the manager of a running transaction gives a savepoint within it.
 * @throws NestanzaError `NST_POSTGRES_ABORTED` when a statement failed and `work` went on as if it had not: nothing of
 * the transaction can be committed, and PostgreSQL would have answered the commit with a silent rollback
 * @example
 * await runInTransaction(dataSource, async (tx) => {
 *   await tx.insert(Order, order);
 *   afterCommit(() => wake());
 * });
 */
export async function runInTransaction<T>(
  source: DataSource | EntityManager,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const outer = ambient.getStore();
  const afterCommit: (() => void)[] = [];
  let savepoint = false;
  const result = await source.transaction(async (manager) => {
    savepoint = outer !== undefined && outer.manager.queryRunner === manager.queryRunner;
    const transaction: AmbientTransaction = { manager, afterCommit, over: false };
    try {
      const value = await ambient.run(transaction, () => work(manager));
      await refuseAborted(manager);
      return value;
    } finally {
      transaction.over = true;
    }
  });
  if (savepoint && outer !== undefined) outer.afterCommit.push(...afterCommit);
  else for (const task of afterCommit) perform(task);
  return result;
}

/** The transaction around the running code, if `runInTransaction` began one and its work has not settled. */
export function currentTransaction(): EntityManager | undefined {
  const transaction = ambient.getStore();
  return transaction?.over === false ? transaction.manager : undefined;
}

/**
 * Runs `task` once the current transaction is committed, in the order of the calls, and never if it rolls back. From a
 * savepoint it waits for the transaction around it. Outside a transaction it runs at once. A task that throws is an
 * uncaught exception: the commit stands and its caller must not be told otherwise.
 */
export function afterCommit(task: () => void): void {
  if (currentTransaction() === undefined) task();
  else ambient.getStore()?.afterCommit.push(task);
}

/** What the client of `pg` knows of its session; both are missing from its types. */
interface Session {
  /** The answer to every statement sent has arrived whole. */
  readonly readyForQuery: boolean;
  /** `E` once a statement of the transaction failed, as of the last whole answer. */
  getTransactionStatus(): string | null;
}

async function refuseAborted(manager: EntityManager): Promise<void> {
  const session = (await manager.queryRunner?.connect()) as Session | undefined;
  if (session === undefined || !(await isAborted(manager, session))) return;
  throw new NestanzaError(
    'NST_POSTGRES_ABORTED',
    'A statement of the transaction failed and its error was swallowed: nothing can be committed. Let the error through, or try such a statement in a savepoint (runInTransaction with the manager).',
  );
}

/**
 * PostgreSQL tells the state of the transaction at the end of every answer, which costs no round trip. An error reaches
 * its caller before that end does, and a statement may still be running unawaited: then the state is asked for.
 */
async function isAborted(manager: EntityManager, session: Session): Promise<boolean> {
  if (session.readyForQuery) return session.getTransactionStatus() === 'E';
  try {
    await manager.query('select 1');
    return false;
  } catch (error) {
    if (sqlState(error) === IN_FAILED_TRANSACTION) return true;
    throw error;
  }
}

function perform(task: () => void): void {
  try {
    task();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
