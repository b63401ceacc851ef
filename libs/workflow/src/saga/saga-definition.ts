import type { EventContract } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import type { ObjectLiteral } from 'typeorm';
import type { SagaContext } from './saga-context.js';

/** A method of a saga that handles one kind of message, or one timeout. */
export interface SagaHandler {
  readonly kind: 'start' | 'message' | 'timeout';
  readonly contract: EventContract | undefined;
  /** Topic of the event, or name of the timeout. */
  readonly cause: string;
  readonly by: ((body: unknown) => string) | undefined;
  /** States in which it is handled; empty: in any. */
  readonly states: readonly string[];
  /** States it may lead to; empty: any. */
  readonly to: readonly string[];
  /** `ShipmentProcess.paid`, for errors and diagrams. */
  readonly place: string;
  /** @param body - `undefined` for a timeout */
  handle(instance: ObjectLiteral, body: unknown, context: SagaContext): unknown;
}

/** A saga that this process runs. */
export interface SagaDefinition {
  readonly name: string;
  readonly entity: new () => ObjectLiteral;
  /** Property of the entity. */
  readonly key: string;
  /** Property of the entity. */
  readonly state: string;
  readonly keep: Duration;
  readonly handlers: readonly SagaHandler[];
}

/** The handler that takes a message or timeout in a state; `undefined` as a state: there is no instance. */
export function handlerFor(
  saga: SagaDefinition,
  kind: 'message' | 'timeout',
  { cause, state }: { readonly cause: string; readonly state: string | undefined },
): SagaHandler | undefined {
  const wanted = state === undefined ? 'start' : kind;
  return saga.handlers.find(
    (handler) =>
      handler.kind === wanted &&
      handler.cause === cause &&
      (state === undefined || handler.states.length === 0 || handler.states.includes(state)),
  );
}

/** Whether a message of this topic could be handled in some state to come. */
export function mayBeHandledLater(saga: SagaDefinition, cause: string): boolean {
  return saga.handlers.some((handler) => handler.kind === 'message' && handler.cause === cause);
}
