import type { BodyClass, BodyOf, EventContract } from '@nestanza/contracts';
import { declare, type HandlerDecorator, type SubscribeOptions } from './handler-declaration.js';

/**
 * The method handles every message of the channel at least once, one instance of its group at a time. Needs
 * `DeliveryModule`. Return: done. Throw: run again by the retry policy; `RetryAfter` and `Reject` say otherwise.
 * @example
 * ```ts
 * @Subscribe(OrderPlaced)
 * async onPlaced(order: OrderPlacedDto, @Ctx() ctx: MessageContext, @Tx() tx: EntityManager) {}
 * ```
 */
export function Subscribe<B extends BodyClass | undefined>(
  contract: EventContract<B>,
  options?: SubscribeOptions,
): HandlerDecorator<BodyOf<B>>;
export function Subscribe(channel: string, options?: SubscribeOptions): HandlerDecorator<never>;
export function Subscribe(on: EventContract | string, options: SubscribeOptions = {}): HandlerDecorator<never> {
  return declare(
    typeof on === 'string'
      ? { kind: 'subscribe', channel: on, options }
      : { kind: 'subscribe', channel: on.channel, contract: on, options },
  );
}
