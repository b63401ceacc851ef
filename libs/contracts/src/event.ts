import type { BodyClass, BodyOf } from './body.js';
import { channelAt, parseChannel } from './channel.js';

export interface EventOptions<B extends BodyClass | undefined = undefined> {
  /** CloudEvents `type`, with a version: `order.placed.v1`. */
  readonly type: string;
  /** Class of the body; without one the body is `unknown` and not validated. */
  readonly body?: B;
  /** Ordering key: messages of one key are handled one after another, in the order of their publication. */
  readonly key?: (body: BodyOf<B>) => string;
  /** Published through the outbox, and handled at least once. Default `true`; `false` is live and lossy. */
  readonly durable?: boolean;
}

/** What publisher and subscribers of an event agree on. Holds no deployment address unless moved by `at`. */
export interface EventContract<B extends BodyClass | undefined = BodyClass | undefined> {
  readonly kind: 'event';
  /** Channel text: `pubsub:orders/placed`. */
  readonly channel: string;
  readonly type: string;
  readonly body: B;
  /** Ordering key of a body; absent: no order is promised. */
  key?(body: BodyOf<B>): string;
  readonly durable: boolean;
  /** The same event at another PubSub service: `OrderPlaced.at('pubsub.partner.example')`. */
  at(service: string): EventContract<B>;
}

/**
 * An event contract over a PubSub node (XEP-0060).
 * @throws NestanzaError `NST_CONTRACT_CHANNEL` when the channel is malformed
 * @example
 * export const OrderPlaced = event('pubsub:orders/placed', { type: 'order.placed.v1', body: OrderPlacedDto, key: (o) => o.orderId });
 */
export function event<B extends BodyClass | undefined = undefined>(
  channel: string,
  options: EventOptions<B>,
): EventContract<B> {
  parseChannel(channel);
  return Object.freeze({
    kind: 'event' as const,
    channel,
    type: options.type,
    body: options.body as B,
    ...(options.key && { key: options.key }),
    durable: options.durable ?? true,
    at: (service: string) => event(channelAt(channel, service), options),
  });
}
