import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClient, type Connection } from '@nestanza/xmpp';
import { ACCOUNTS, Demo } from '../support/demo.js';
import { place, type Placement } from '../support/orders/customers.js';
import { readLedger } from '../support/orders/ledger.js';
import { outcomes } from '../support/orders/outcomes.js';
import type { PlannedOrder } from '../support/orders/planned-order.js';
import { formatReport, verdict } from '../support/orders/verdict.js';
import { BESIDE_THE_WAY, pointsOnTheWay } from './points.js';

/** Milliseconds in which an order must have come to the armed point. */
const REACHED_WITHIN = 20_000;
/** Milliseconds in which everything must be final after the last crash. */
const FINAL_WITHIN = 60_000;

const FATES: readonly Omit<PlannedOrder, 'key' | 'via'>[] = [
  { customer: 'ada', sku: 'TEA-01', expected: 'shipped' },
  { customer: 'declined', sku: 'TEA-01', expected: 'cancelled' },
  { customer: 'ada', sku: 'POT-03', expected: 'cancelled' },
  { customer: 'ada', sku: '', expected: 'refused' },
];

/** One order of every fate, each once over HTTP where that takes it, and once over PubSub. */
function ordersFor(point: string, wave: number): PlannedOrder[] {
  return FATES.flatMap((fate, index) =>
    (['http', 'pubsub'] as const)
      .filter((via) => via === 'pubsub' || fate.expected !== 'refused')
      .map((via) => ({ ...fate, via, key: `${point}-${wave}-${index}-${via}` })),
  );
}

/** Arms a point and places orders until a process has died there, or time is over. */
async function strike(point: string, to: { demo: Demo; connection: Connection; armed: string }): Promise<Strike> {
  const file = join(to.armed, point);
  await writeFile(file, '');
  const placements: Placement[] = [];
  const end = Date.now() + REACHED_WITHIN;
  for (let wave = 1; existsSync(file) && Date.now() < end; wave++) {
    const placing = ordersFor(point, wave).map((order) =>
      place(order, { url: to.demo.url, connection: to.connection }),
    );
    placements.push(...(await Promise.all(placing)));
    for (let look = 0; look < 20 && existsSync(file); look++) await sleep(100);
  }
  const reached = !existsSync(file);
  await rm(file, { force: true });
  return { point, reached, placements };
}

interface Strike {
  readonly point: string;
  readonly reached: boolean;
  readonly placements: readonly Placement[];
}

const armed = await mkdtemp(join(tmpdir(), 'nestanza-chaos-'));
const striker = new URL('strike.js', import.meta.url).href;
await using demo = await Demo.start({ NESTANZA_CHAOS: armed, NODE_OPTIONS: `--import ${striker}` });
const connection = connectClient({
  jid: `alice@${demo.domain}`,
  password: ACCOUNTS.alice,
  host: demo.host,
  port: demo.ports.xmpp,
  tls: { ca: await readFile(demo.caFile, 'utf8') },
});
await connection.start();

for (const [point, wants] of Object.entries(BESIDE_THE_WAY)) console.log(`left out ${point}: needs ${wants}`);
const strikes: Strike[] = [];
for (const point of pointsOnTheWay()) {
  const done = await strike(point, { demo, connection, armed });
  console.log(`${done.reached ? 'crashed at' : 'NEVER CAME TO'} ${point}: ${done.placements.length} orders`);
  strikes.push(done);
}
await connection.stop();
await rm(armed, { recursive: true, force: true });

const placements = strikes.flatMap((done) => done.placements);
const settled = await outcomes(demo.url, placements, Date.now() + FINAL_WITHIN);
const result = verdict({ placements, outcomes: settled, ledger: await readLedger(demo.data) });
const missed = strikes.filter(({ reached }) => !reached);
console.log(`\n${strikes.length - missed.length} of ${strikes.length} fault points struck\n${formatReport(result)}`);
if (result.faults.length > 0 || missed.length > 0 || strikes.length === 0) process.exitCode = 1;
