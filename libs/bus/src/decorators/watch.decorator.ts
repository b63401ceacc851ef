import type { BodyClass, BodyOf, EventContract } from '@nestanza/contracts';
import { declare, type HandlerDecorator, type WatchOptions } from './handler-declaration.js';

/**
 * The method sees what is published while this instance is online: every instance, no retry, no catch-up. For live
 * views and caches; a failure is logged and the message is gone.
 */
export function Watch<B extends BodyClass | undefined>(
  contract: EventContract<B>,
  options?: WatchOptions,
): HandlerDecorator<BodyOf<B>>;
export function Watch(channel: string, options?: WatchOptions): HandlerDecorator<never>;
export function Watch(on: EventContract | string, options: WatchOptions = {}): HandlerDecorator<never> {
  return declare(
    typeof on === 'string'
      ? { kind: 'watch', channel: on, options }
      : { kind: 'watch', channel: on.channel, contract: on, options },
  );
}
