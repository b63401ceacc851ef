import { openDatabase } from '@nestanza/postgres';
import { faultPoints } from '@nestanza/core';
import '@nestanza/delivery';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { accepts } from '../../support/accepts.js';
import { freePort } from '../../support/free-port.js';
import { readJournal } from './journal.js';
import type { KernelChaosOptions } from './options.js';
import { OutageWatch } from './outages.js';
import { randomFrom } from './random.js';
import { judge, type Effect, type KernelVerdict } from './verdict.js';
import { Victim } from './victim.js';

/** Points that no message of this run comes to; the specs of their own libraries crash there. */
const ELSEWHERE = /^(workflow\.|call\.|dead-letter\.replayed$|inbox\.suspect-counted$)/;

/** Milliseconds in which everything must be final after the last kill. */
const FINAL_WITHIN = 180_000;

const CREATE = `create schema if not exists chaos;
  create table if not exists chaos.effect (
    place bigserial, id text not null, key text not null, n int not null, at timestamptz not null default clock_timestamp())`;

export interface KernelReport extends KernelVerdict {
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly missed: readonly string[];
  readonly seconds: number;
}

/**
 * Two processes of a service handle what a third publishes, through the outbox, the XMPP server and the inbox, while
 * services, database and XMPP server are killed: at every fault point on the way once, and at random moments.
 */
export async function kernelChaos(options: KernelChaosOptions): Promise<KernelReport> {
  const begun = Date.now();
  const data = await mkdtemp(join(tmpdir(), 'nestanza-kernel-chaos-'));
  const armed = join(data, 'armed');
  const journal = join(data, 'journal');
  const quota = join(data, 'quota');
  await mkdir(armed);
  await writeFile(quota, '0');
  const port = await freePort();
  const striker = new URL('../strike.js', import.meta.url).href;
  const environment = { ...process.env, NESTANZA_DATA: data, NESTANZA_XMPP_PORT: String(port), NESTANZA_CHAOS: armed };
  const env = { ...environment, NODE_OPTIONS: `--import ${striker}` };
  const database = await openDatabase({ url: 'embedded', data });
  const read = <Row>(text: string) => query<Row>(database.url, text);
  await read(CREATE);

  let published = false;
  const xmpp = new Victim('xmpp', { program: 'xmpp.js', env: environment });
  await xmpp.ready;
  const source = new Victim('source', {
    program: 'producer.js',
    args: [journal, String(options.messages), String(options.rate), quota],
    env,
    onMessage: (message) => {
      if (message === 'done') published = true;
    },
  });
  const workers = [1, 2].map((n) => new Victim(`worker-${n}`, { program: 'consumer.js', env }));
  const watches = {
    postgres: new OutageWatch(() => accepts(Number(new URL(database.url).port))),
    xmpp: new OutageWatch(() => accepts(port)),
  };
  const kills: Record<string, number> = {};
  const count = (name: string): void => {
    kills[name] = (kills[name] ?? 0) + 1;
  };
  const strikes = {
    ...Object.fromEntries([source, ...workers].map((victim) => [victim.name, () => victim.kill()])),
    xmpp: () => {
      watches.xmpp.killed();
      xmpp.kill();
    },
    postgres: async () => {
      const pid = Number((await readFile(join(data, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
      watches.postgres.killed();
      process.kill(pid, 'SIGKILL');
    },
  } satisfies Record<string, () => unknown>;
  const effects = async (): Promise<number> =>
    (await read<{ n: number }>('select count(*)::int n from chaos.effect').catch(() => []))[0]?.n ?? 0;

  const points = faultPoints().filter((point) => !ELSEWHERE.test(point));
  const plan = planOf(options, { points, victims: Object.keys(strikes) });
  const missed: string[] = [];
  for (const [index, blow] of plan.entries()) {
    // Each blow has its share of the messages, of which some are under way when it falls.
    const share = options.messages / plan.length;
    const before = await effects();
    await writeFile(quota, String(Math.ceil(share * (index + 1))));
    if (blow.point === undefined) {
      await met(async () => (await effects()) > before + share / 4);
      await Promise.all([source, ...workers, xmpp].map(({ ready }) => ready));
      try {
        await strikes[blow.victim as keyof typeof strikes]();
        count(blow.victim);
      } catch {
        // The postmaster is just being started: it is away already.
        count(`${blow.victim} (was away)`);
      }
    } else if (await reached(join(armed, blow.point))) count(`at ${blow.point}`);
    else missed.push(blow.point);
  }

  const end = Date.now() + FINAL_WITHIN;
  const WAITING = 'select (select count(*)::int from nestanza.outbox) + (select count(*)::int from nestanza.inbox) n';
  for (;;) {
    const waiting = await read<{ n: number }>(WAITING).catch(() => []);
    const acknowledged = (await readJournal(journal)).filter(({ acknowledgedAt }) => acknowledgedAt !== undefined);
    const settled = published && waiting[0]?.n === 0 && (await effects()) >= acknowledged.length;
    if (settled || Date.now() > end) break;
    await sleep(500);
  }
  for (const watch of Object.values(watches)) watch.stop();
  const made = await read<Effect>(
    'select id, key, n, extract(epoch from at)::float8 * 1000 as at from chaos.effect order by place',
  );
  const verdict = judge({
    attempts: await readJournal(journal),
    effects: made,
    outages: [...watches.postgres.outages, ...watches.xmpp.outages],
  });
  await Promise.all([source.end(), ...workers.map((worker) => worker.end())]);
  await xmpp.end();
  await database.close();
  await rm(data, { recursive: true, force: true });
  return { ...verdict, seed: options.seed, kills, missed, seconds: Math.round((Date.now() - begun) / 1_000) };
}

interface Blow {
  readonly victim: string;
  /** The fault point to strike at; without one, at once. */
  readonly point?: string;
}

/** Kills of every victim equally often, give or take one, and fault points between them, in an order of the seed. */
function planOf(
  { kills, seed }: KernelChaosOptions,
  { points, victims }: { readonly points: readonly string[]; readonly victims: readonly string[] },
): readonly Blow[] {
  const random = randomFrom(seed);
  const blows: Blow[] = [
    ...points.map((point) => ({ victim: 'any', point })),
    ...Array.from({ length: kills }, (_, n) => ({ victim: victims[n % victims.length] ?? '' })),
  ];
  return blows
    .map((blow) => ({ blow, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}

/** Arms a fault point; resolves with whether a process died there within 20 s. */
async function reached(file: string): Promise<boolean> {
  await writeFile(file, '');
  const died = await met(() => Promise.resolve(!existsSync(file)));
  await rm(file, { force: true });
  return died;
}

/** Whether a condition came true within 20 s. */
async function met(condition: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(25)) if (await condition()) return true;
  return false;
}

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
