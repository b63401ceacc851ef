import { type Screen } from '../supervisor/screen.js';
import { type Running } from '../welcome.js';
import { ChatClient } from './chat-client.js';
import { eventually, type Patience } from './eventually.js';
import { differences, type Outcome } from './expectation.js';
import { HttpShop } from './http-shop.js';
import { type Counter, type PlayedOrder, TEN_ORDERS } from './ten-orders.js';

export interface PlayOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Milliseconds that all orders together have to come to an end. */
const PATIENCE = 30_000;
const FINAL: readonly (string | undefined)[] = ['shipped', 'cancelled', 'refused'];

/** Plays ten orders and checks every outcome; true when all was as expected. */
export async function playOnce({ server, httpPort }: Running, { screen, signal }: PlayOptions): Promise<boolean> {
  await using client = await ChatClient.open(server);
  const counter: Counter = { shop: new HttpShop(httpPort), client };
  const faults = await refusesNonsense(counter);
  const teaBefore = await teaInStock(counter);
  screen.say(`\nTEA-01 in stock: ${teaBefore}. Ten orders:\n`);

  const patience = { until: Date.now() + PATIENCE, signal };
  const placed: { order: PlayedOrder; orderId: string }[] = [];
  for (const order of TEN_ORDERS) placed.push({ order, orderId: await order.place(counter) });
  for (const { order, orderId } of placed) await settled(orderId, { counter, order, patience });

  screen.say('\nOutcomes:\n');
  for (const { order, orderId } of placed) {
    const outcome = await outcomeOf(orderId, counter);
    const found = differences(order.expected, outcome);
    screen.say(`  ${found.length === 0 ? 'ok ' : 'NO '} ${outcome.status.padEnd(10)} ${order.title}`);
    faults.push(...found.map((difference) => `${order.title}: ${orderId} ${difference}`));
  }
  const teaSold = teaBefore - (await teaInStock(counter));
  const teaExpected = TEN_ORDERS.reduce((sum, { tea }) => sum + tea, 0);
  if (teaSold !== teaExpected) faults.push(`${teaSold} TEA-01 left the shelf, not ${teaExpected}`);

  screen.say(
    faults.length === 0 ? '\nAll as expected.' : `\nNot as expected:\n${faults.map((f) => `  ${f}`).join('\n')}`,
  );
  return faults.length === 0;
}

async function teaInStock({ client }: Counter): Promise<number> {
  return Number(await client.call('inventory', 'inventory.stock', ['TEA-01']));
}

async function refusesNonsense({ shop }: Counter): Promise<string[]> {
  const response = await shop.post({ customer: 'ada', lines: [{ sku: 'TEA-01', quantity: 'two' }] });
  const text = await response.text();
  if (response.status === 400 && text.includes('quantity')) return [];
  return [`An invalid order was answered ${response.status}: ${text}`];
}

interface Settling {
  readonly counter: Counter;
  readonly order: PlayedOrder;
  readonly patience: Patience;
}

/** Waits until everything that is to come of the order has come, or patience is at its end. */
async function settled(orderId: string, { counter: { shop, client }, order, patience }: Settling): Promise<void> {
  await eventually(async () => {
    const status = (await shop.find(orderId))?.status;
    const told = !order.expected.operatorTold || client.wasTold(orderId);
    return FINAL.includes(status) && FINAL.includes(client.statusOf(orderId)) && told ? status : undefined;
  }, patience);
}

async function outcomeOf(orderId: string, { shop, client }: Counter): Promise<Outcome> {
  return {
    status: (await shop.find(orderId))?.status ?? 'unknown',
    published: client.statusOf(orderId),
    charges: Number(await client.call('billing', 'billing.charges', [orderId])),
    operatorTold: client.wasTold(orderId),
  };
}
