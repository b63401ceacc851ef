import type { EntityManager, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';

/** Knows when a transaction of the data source has committed, whoever began it. */
export class CommitWatch implements EntitySubscriberInterface {
  readonly #tasks = new WeakMap<QueryRunner, (() => void)[]>();

  /** Runs the task when the outermost transaction of `tx` has committed; never when it rolls back. */
  afterCommit(tx: EntityManager, task: () => void): void {
    const { queryRunner } = tx;
    if (queryRunner === undefined) return task();
    const tasks = this.#tasks.get(queryRunner);
    if (tasks === undefined) this.#tasks.set(queryRunner, [task]);
    else tasks.push(task);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // A savepoint's release is no commit.
    if (queryRunner.isTransactionActive) return;
    const tasks = this.#tasks.get(queryRunner) ?? [];
    this.#tasks.delete(queryRunner);
    for (const task of tasks) task();
  }

  afterTransactionRollback({ queryRunner }: { readonly queryRunner: QueryRunner }): void {
    if (!queryRunner.isTransactionActive) this.#tasks.delete(queryRunner);
  }
}
