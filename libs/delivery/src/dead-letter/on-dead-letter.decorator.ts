import type { EventContract } from '@nestanza/contracts';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { DeadLetter } from '../schema/dead-letter.entity.js';

/** A method that is told of a dead letter; `tx` is the transaction that dead-letters. */
export type DeadLetterHook = (letter: DeadLetter, tx: EntityManager) => unknown;

/** Channel texts by method. */
export const DeadLetterHooks = DiscoveryService.createDecorator<{ readonly channel: string }>();

/**
 * The method runs in the very transaction that dead-letters a message of this contract for this service: what it
 * writes or publishes stands with the dead letter, or neither does. A hook that throws is rolled back alone and its
 * error recorded; the dead letter stands.
 * @example
 * ```ts
 * @OnDeadLetter(OrderPlaced)
 * async refused(letter: DeadLetter, @Tx() tx: EntityManager) {}
 * ```
 */
export function OnDeadLetter(
  on: EventContract | string,
): <Hook extends DeadLetterHook>(
  target: object,
  property: string | symbol,
  method: TypedPropertyDescriptor<Hook>,
) => void {
  return DeadLetterHooks({ channel: typeof on === 'string' ? on : on.channel });
}
