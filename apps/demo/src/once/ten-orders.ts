import { uniqueId } from '@nestanza/core';
import { type ChatClient } from './chat-client.js';
import { CANCELLED, CANCELLED_BY_BANK, REFUSED, SHIPPED, type Expectation } from './expectation.js';
import { type HttpShop } from './http-shop.js';

export interface Counter {
  readonly shop: HttpShop;
  readonly client: ChatClient;
}

/** One order of the play. */
export interface PlayedOrder {
  readonly title: string;
  /** Places it; resolves with the id of the order. */
  place(counter: Counter): Promise<string>;
  readonly expected: Expectation;
  /** How many TEA-01 it takes when it ships. */
  readonly tea: number;
}

const tea = (quantity: number) => [{ sku: 'TEA-01', quantity }];

export const TEN_ORDERS: readonly PlayedOrder[] = [
  {
    title: 'over HTTP',
    place: ({ shop }) => shop.place({ customer: 'ada', lines: tea(2) }),
    expected: SHIPPED,
    tea: 2,
  },
  {
    title: 'over HTTP, two lines, sent twice with one Idempotency-Key',
    place: async ({ shop }) => {
      const order = { customer: 'grace', lines: [...tea(1), { sku: 'CUP-02', quantity: 1 }] };
      const key = uniqueId();
      const [first, second] = [await shop.place(order, key), await shop.place(order, key)];
      if (first !== second) throw new Error(`One Idempotency-Key made two orders, ${first} and ${second}.`);
      return first;
    },
    expected: SHIPPED,
    tea: 1,
  },
  {
    title: 'declined by the bank, compensated',
    place: ({ shop }) => shop.place({ customer: 'declined', lines: tea(5) }),
    expected: CANCELLED_BY_BANK,
    tea: 0,
  },
  {
    title: 'POT-03, out of stock',
    place: ({ shop }) => shop.place({ customer: 'ada', lines: [...tea(1), { sku: 'POT-03', quantity: 1 }] }),
    expected: CANCELLED,
    tea: 0,
  },
  {
    title: 'a CloudEvent on orders/placed',
    place: async ({ client }) => {
      const orderId = uniqueId();
      const event = {
        specversion: '1.0',
        id: uniqueId(),
        source: `xmpp:${client.jid}`,
        type: 'order.placed.v1',
        data: { orderId, customer: 'alan', lines: tea(3) },
      };
      await client.publish('orders/placed', event.id, JSON.stringify(event));
      return orderId;
    },
    expected: SHIPPED,
    tea: 3,
  },
  {
    title: 'bare JSON on orders/placed, named by its item',
    place: async ({ client }) => {
      const item = uniqueId();
      await client.publish('orders/placed', item, JSON.stringify({ customer: 'edsger', lines: tea(1) }));
      return item;
    },
    expected: SHIPPED,
    tea: 1,
  },
  {
    title: 'bare JSON on orders/placed, with an id of its own',
    place: async ({ client }) => {
      const orderId = `demo-${uniqueId()}`;
      await client.publish(
        'orders/placed',
        uniqueId(),
        JSON.stringify({ orderId, customer: 'barbara', lines: tea(4) }),
      );
      return orderId;
    },
    expected: SHIPPED,
    tea: 4,
  },
  {
    title: 'an unreadable item on orders/placed',
    place: async ({ client }) => {
      const item = uniqueId();
      await client.publish('orders/placed', item, '{"customer":');
      return item;
    },
    expected: REFUSED,
    tea: 0,
  },
  {
    title: 'a chat message in words',
    place: ({ client }) => orderBySaying(client, 'order 2 TEA-01'),
    expected: SHIPPED,
    tea: 2,
  },
  {
    title: 'a chat message in JSON',
    place: ({ client }) => orderBySaying(client, JSON.stringify({ customer: 'donald', lines: tea(1) })),
    expected: SHIPPED,
    tea: 1,
  },
];

async function orderBySaying(client: ChatClient, text: string): Promise<string> {
  const [, orderId] = await client.say('orders', text, /Order (\S+) is placed/);
  return orderId!;
}
