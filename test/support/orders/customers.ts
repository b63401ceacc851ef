import { setTimeout as sleep } from 'node:timers/promises';
import { StanzaError, xml, type Connection } from '@nestanza/xmpp';
import type { PlannedOrder } from './planned-order.js';

/** What became of placing an order, as its customer knows it. */
export interface Placement {
  readonly order: PlannedOrder;
  /** Set once the order was acknowledged: by a 202, or by the result of the publishing IQ. */
  readonly orderId?: string;
  readonly acknowledgedAt?: number;
  readonly attempts: number;
  /** What came instead of an answer, the last time. */
  readonly failure?: string;
}

/** How long a customer repeats an order that nobody acknowledged: under the same key, so that it is one order. */
const PATIENCE = 20_000;
const PAUSE = 250;
const ANSWER = 5_000;

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const bodyOf = ({ customer, sku }: PlannedOrder): object => ({ customer, lines: [{ sku, quantity: 1 }] });

/** Places an order over HTTP; gives its id. @throws Error when nothing but a 202 came */
async function postOrder(url: string, order: PlannedOrder): Promise<string> {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': order.key },
    body: JSON.stringify(bodyOf(order)),
    signal: AbortSignal.timeout(ANSWER),
  });
  if (response.status !== 202) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { orderId: string }).orderId;
}

/** Publishes a bare order; its item's id is the order's. @throws Error when no result came */
async function publishOrder(connection: Connection, order: PlannedOrder): Promise<string> {
  const json = xml('json', { xmlns: 'urn:xmpp:json:0' }, JSON.stringify(bodyOf(order)));
  const publish = xml('publish', { node: 'orders/placed' }, xml('item', { id: order.key }, json));
  const pubsub = xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, publish);
  const to = `pubsub.${connection.jid?.domain}`;
  await connection.request(xml('iq', { xmlns: 'jabber:client', type: 'set', to }, pubsub), { timeout: ANSWER });
  return order.key;
}

/** Places an order and repeats it until somebody acknowledges it, or patience ends. Never rejects. */
export async function place(
  order: PlannedOrder,
  { url, connection }: { readonly url: string; readonly connection: Connection },
): Promise<Placement> {
  const end = Date.now() + PATIENCE;
  for (let attempts = 1; ; attempts++) {
    try {
      const orderId = order.via === 'http' ? await postOrder(url, order) : await publishOrder(connection, order);
      return { order, orderId, acknowledgedAt: Date.now(), attempts };
    } catch (error) {
      const failure = error instanceof StanzaError ? error.condition : errorText(error);
      if (Date.now() > end) return { order, attempts, failure };
      await sleep(PAUSE);
    }
  }
}
