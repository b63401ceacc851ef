import { NestanzaError, type Log } from '@nestanza/core';
import type { EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { currentHandler } from './handler-scope.js';

/** A statement that writes; of `with` queries, one that has a writing part. */
const WRITES =
  /^\s*(?:(?:insert|update|delete|merge|truncate)\b|with\b[\s\S]*\b(?:insert\s+into|update|delete\s+from|merge\s+into)\b)/i;

export interface StrayWritesOptions {
  readonly mode: 'warn' | 'throw';
  readonly log: Log;
}

/**
 * Finds writes that a handler with its own transaction makes outside of it: they would stay when the message rolls
 * back, and be made twice when it runs again. Warns once a handler, or refuses each.
 */
export class StrayWrites implements EntitySubscriberInterface {
  readonly #options: StrayWritesOptions;
  readonly #warned = new Set<string>();

  constructor(options: StrayWritesOptions) {
    this.#options = options;
  }

  /** @throws NestanzaError `NST_DELIVERY_STRAY_WRITE` in mode `throw`: the statement is not sent */
  beforeQuery({ query, queryRunner }: { readonly query: string; readonly queryRunner: QueryRunner }): void {
    const scope = currentHandler();
    if (scope === undefined || scope.over || queryRunner === scope.queryRunner || !WRITES.test(query)) return;
    const { handler } = scope;
    const error = new NestanzaError(
      'NST_DELIVERY_STRAY_WRITE',
      `${handler} writes outside its own transaction: take the manager from @Tx(), or declare transaction: 'none'.`,
      { facts: { handler, statement: query.slice(0, 200) } },
    );
    if (this.#options.mode === 'throw') throw error;
    if (this.#warned.has(handler)) return;
    this.#warned.add(handler);
    this.#options.log.warn(error.message, error.facts);
  }
}
