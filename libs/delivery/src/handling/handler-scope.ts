import { AsyncLocalStorage } from 'node:async_hooks';
import { NestanzaError } from '@nestanza/core';
import type { EntityManager, QueryRunner } from 'typeorm';

/** The handler around the running code, and its own transaction. */
export interface HandlerScope {
  readonly handler: string;
  readonly queryRunner: QueryRunner | undefined;
  /** Messages on their way into the outbox; the transaction does not commit before them. */
  readonly pending: Set<Promise<unknown>>;
  over: boolean;
}

const scopes = new AsyncLocalStorage<HandlerScope>();

/** The scope of the handler around the running code, also after it has ended. */
export function currentHandler(): HandlerScope | undefined {
  return scopes.getStore();
}

/** Runs a handler so that all it calls and awaits knows its transaction; resolves after what it left pending. */
export async function withinHandler<T>(handler: string, tx: EntityManager, work: () => Promise<T>): Promise<T> {
  const scope: HandlerScope = { handler, queryRunner: tx.queryRunner, pending: new Set(), over: false };
  try {
    const result = await scopes.run(scope, work);
    while (scope.pending.size > 0) await Promise.all(scope.pending);
    return result;
  } finally {
    scope.over = true;
  }
}

/**
 * Makes the handler's transaction wait for this write, even if the handler does not.
 * @throws NestanzaError `NST_DELIVERY_HANDLER_OVER` (rejection) after the handler has ended: its transaction is over
 */
export function joinHandler<T>(write: () => Promise<T>): Promise<T> {
  const scope = scopes.getStore();
  if (scope === undefined) return write();
  if (scope.over) {
    return Promise.reject(
      new NestanzaError(
        'NST_DELIVERY_HANDLER_OVER',
        `${scope.handler} published after it had ended; await every publish within the handler.`,
        { facts: { handler: scope.handler } },
      ),
    );
  }
  const writing = write();
  scope.pending.add(writing);
  const done = () => scope.pending.delete(writing);
  writing.then(done, done);
  return writing;
}
