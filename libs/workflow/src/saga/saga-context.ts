import type { Duration } from '@nestanza/core';
import type { EntityManager } from 'typeorm';

/** What surrounds one message or timeout of a saga's instance. */
export interface SagaContext {
  /** By which messages find the instance. */
  readonly key: string;
  /** CloudEvents id; `undefined` for a timeout. */
  readonly messageId: string | undefined;
  /** The transaction that holds everything: the instance, the message's end, and what is published meanwhile. */
  readonly tx: EntityManager;

  /** Calls the `@OnTimeout(name)` method after this long, or at this time; replaces an earlier timeout of that name. */
  timeout(name: string, when: Duration | Date): void;
  cancelTimeout(name: string): void;
  /** The instance has ended: its row stays, its timeouts go, and later messages for its key are dropped. */
  end(): void;
}
