import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Demo } from '../support/demo.js';
import { poll } from '../support/poll.js';
import { ForeignClient, foreignChecks } from './foreign-client.js';

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.start();
});

afterAll(() => demo[Symbol.asyncDispose]());

interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly history: readonly { readonly at: string; readonly what: string }[];
}

async function place(body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${demo.url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function read(orderId: string): Promise<Order> {
  const response = await fetch(`${demo.url}/orders/${orderId}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Order;
}

const final = (orderId: string): Promise<Order> =>
  poll(
    async () => {
      const order = await read(orderId);
      return ['shipped', 'cancelled', 'refused'].includes(order.status) ? order : undefined;
    },
    { within: 30_000, what: `a final status of ${orderId}` },
  );

const tea = { customer: 'ada', lines: [{ sku: 'TEA-01', quantity: 2 }] };

describe('the demo over HTTP', () => {
  it('places an order and ships it, with a history that says when what happened', async () => {
    const { status, body } = await place(tea);
    expect({ status, body }).toEqual({ status: 202, body: { orderId: expect.any(String), status: 'placed' } });
    const order = await final((body as Order).orderId);
    expect(order.status).toBe('shipped');
    expect(order.history.length).toBeGreaterThan(2);
    for (const { at, what } of order.history) {
      expect(Number.isNaN(Date.parse(at))).toBe(false);
      expect(what).not.toBe('');
    }
    const times = order.history.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('gives the same order for a repeated Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'the same again' };
    const [first, second] = await Promise.all([place(tea, headers), place(tea, headers)]);
    const third = await place(tea, headers);
    expect(first.status).toBe(202);
    expect([second.body, third.body].map((body) => (body as Order).orderId)).toEqual(
      Array(2).fill((first.body as Order).orderId),
    );
  });

  it('answers an invalid body with 400 and names each field', async () => {
    const { status, body } = await place({ customer: 7, lines: [{ sku: 'TEA-01', quantity: 'two' }] });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(/customer/);
    expect(JSON.stringify(body)).toMatch(/lines\.0\.quantity/);
  });

  it('answers 400 to what is no JSON, and 404 to an order nobody placed', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await fetch(`${demo.url}/orders`, { method: 'POST', headers, body: '{"customer":' });
    expect(broken.status).toBe(400);
    expect((await fetch(`${demo.url}/orders/nobody-placed-this`)).status).toBe(404);
  });

  it('cancels the order of a customer whom the bank declines', async () => {
    const { body } = await place({ ...tea, customer: 'declined' });
    expect((await final((body as Order).orderId)).status).toBe('cancelled');
  });

  it('cancels an order of what is out of stock', async () => {
    const { body } = await place({ customer: 'ada', lines: [{ sku: 'POT-03', quantity: 1 }] });
    expect((await final((body as Order).orderId)).status).toBe('cancelled');
  });

  it('says that it is healthy', async () => {
    expect((await fetch(`${demo.url}/health`)).status).toBe(200);
  });

  it('shows the queues', async () => {
    const page = await fetch(`${demo.url}/queues`);
    expect({ status: page.status, html: (await page.text()).includes('<html') }).toEqual({ status: 200, html: true });
  });
});

describe('a foreign client (slixmpp)', () => {
  let client: ForeignClient;

  beforeAll(async () => {
    client = await ForeignClient.open(demo);
  });

  afterAll(() => client[Symbol.asyncDispose]());

  it.each(foreignChecks().map(([name, sentence]) => [sentence, name] as const))('%s', async (_, name) => {
    await client.check(name);
  });
});
