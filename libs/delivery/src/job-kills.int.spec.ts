import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { dataSourceOptions } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import { Consumer } from '../fixtures/consumers.js';
import { CHANNEL, until } from '../test/delivery-world.js';
import { Ingest } from './inbox/ingest.js';
import { ENSURE_GROUP } from './lanes/ownership-statements.js';
import { openStorage, type Storage } from './storage.js';

let database: TemporaryDatabase;
let dataSource: DataSource;
let storage: Storage;
let ingest: Ingest;
let consumers: Consumer[];

function consumer(crash?: string): Consumer {
  const started = new Consumer(database.url, crash, 'bullmq');
  consumers.push(started);
  return started;
}

async function put(id: string, content: object = {}): Promise<void> {
  await ingest.submit({ sender: 'shop@localhost', id, digest: '', key: undefined, envelope: JSON.stringify(content) });
}

async function texts(query: string): Promise<string[]> {
  return (await dataSource.query<{ text: string }[]>(query)).map(({ text }) => text);
}

const nothingWaits = async () => (await texts(`select 'row' as text from nestanza.inbox`)).length === 0;

beforeEach(async () => {
  consumers = [];
  database = await temporaryDatabase();
  dataSource = await new DataSource(await dataSourceOptions({ url: database.url, entities: [] })).initialize();
  storage = await openStorage(dataSource, silentLog);
  await dataSource.query('create table effect (id bigserial primary key, text text)');
  await dataSource.query('create table sent (id text)');
  const [group] = await storage.kernel.query<{ id: number }>(ENSURE_GROUP, [CHANNEL, 'orders']);
  // Nobody is told: the rows get their jobs from the reconciler, as after a crash between the two.
  ingest = new Ingest({ kernel: storage.kernel, group: group?.id ?? 0, onStored: () => undefined });
});

afterEach(async () => {
  await Promise.all(consumers.map((each) => each.kill()));
  await storage[Symbol.asyncDispose]();
  await dataSource.destroy();
  await database.close();
});

describe('a worker of BullMQ killed', () => {
  it('at random, again and again, loses no message and doubles no effect', async () => {
    const ids = Array.from({ length: 400 }, (_, n) => `m${n}`);
    for (const id of ids) void put(id);
    let [first, second] = [consumer(), consumer()];
    for (let kills = 0; kills < 5; kills += 1) {
      const done = (await texts('select text from effect')).length;
      await until(async () => (await texts('select text from effect')).length > done || nothingWaits(), 30_000);
      await first.kill();
      [first, second] = [second, consumer()];
    }
    await until(nothingWaits, 60_000);
    expect((await texts('select text from effect')).sort()).toEqual([...ids].sort());
  }, 180_000);

  it.each([
    { point: 'inbox.taken', content: {}, effects: ['m1'] },
    { point: 'inbox.handled', content: {}, effects: ['m1'] },
    { point: 'inbox.committed', content: {}, effects: ['m1'] },
    { point: 'inbox.put-off', content: { fail: 1 }, effects: ['m1'] },
    { point: 'dead-letter.buried', content: { reject: true }, effects: ['refused m1'] },
    { point: 'dead-letter.committed', content: { reject: true }, effects: ['refused m1'] },
  ])(
    'at $point leaves what the next one brings to its end',
    async ({ point, content, effects }) => {
      await put('m1', content);
      await consumer(point).ended;
      consumer();
      await until(nothingWaits, 30_000);
      expect(await texts('select text from effect')).toEqual(effects);
    },
    60_000,
  );

  it('by one message, four times, is rid of it, and others are untouched', async () => {
    await put('poison', { die: true });
    for (let n = 0; n < 10; n += 1) await put(`good-${n}`);
    for (let deaths = 0; deaths < 4; deaths += 1) await consumer().ended;
    consumer();
    await until(nothingWaits, 30_000);
    expect(await texts(`select message_id || ' ' || code as text from nestanza.dead_letter`)).toEqual([
      'poison NST_DELIVERY_POISON',
    ]);
    expect((await texts('select text from effect')).filter((text) => text.startsWith('good'))).toHaveLength(10);
  }, 120_000);
});
