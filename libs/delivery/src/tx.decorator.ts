import type { MessageContext } from '@nestanza/bus';
import { currentTransaction } from '@nestanza/postgres';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/**
 * The `EntityManager` of the handler's own transaction: what is written through it commits with the end of the
 * message, or not at all. `undefined` with `transaction: 'none'`.
 * @example
 * ```ts
 * @Subscribe(OrderPlaced)
 * async onPlaced(order: OrderPlacedDto, @Tx() tx: EntityManager) { await tx.insert(Order, order); }
 * ```
 */
export const Tx = createParamDecorator(
  (_: unknown, execution: ExecutionContext): EntityManager | undefined =>
    (execution.switchToRpc().getContext<Partial<MessageContext> | undefined>()?.tx as EntityManager | undefined) ??
    currentTransaction(),
);
