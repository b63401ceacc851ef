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
  const started = new Consumer(database.url, crash);
  consumers.push(started);
  return started;
}

async function put(id: string, content: object = {}, key?: string): Promise<void> {
  await ingest.submit({ sender: 'shop@localhost', id, digest: '', key, envelope: JSON.stringify(content) });
}

async function texts(query: string): Promise<string[]> {
  return (await dataSource.query<{ text: string }[]>(query)).map(({ text }) => text);
}

const nothingWaits = async () =>
  (await texts(`select 'row' as text from nestanza.inbox union all select 'row' from nestanza.outbox`)).length === 0;

beforeEach(async () => {
  consumers = [];
  database = await temporaryDatabase();
  dataSource = await new DataSource(await dataSourceOptions({ url: database.url, entities: [] })).initialize();
  storage = await openStorage(dataSource, silentLog);
  await dataSource.query('create table effect (id bigserial primary key, text text)');
  await dataSource.query('create table sent (id text)');
  const [group] = await storage.kernel.query<{ id: number }>(ENSURE_GROUP, [CHANNEL, 'orders']);
  ingest = new Ingest({ kernel: storage.kernel, group: group?.id ?? 0, onStored: () => undefined });
});

afterEach(async () => {
  await Promise.all(consumers.map((each) => each.kill()));
  await storage[Symbol.asyncDispose]();
  await dataSource.destroy();
  await database.close();
});

describe('a consumer killed', () => {
  it('at random, again and again, loses no message, doubles no effect and keeps the order of each key', async () => {
    const ids = Array.from({ length: 600 }, (_, n) => `${n % 20}-${n}`);
    for (const id of ids) void put(id, {}, id.split('-')[0]);
    let [first, second] = [consumer(), consumer()];
    for (let kills = 0; kills < 6; kills += 1) {
      const done = (await texts('select text from effect')).length;
      await until(async () => (await texts('select text from effect')).length > done || nothingWaits(), 20_000);
      await first.kill();
      [first, second] = [second, consumer()];
    }
    await until(nothingWaits, 30_000);
    const effects = await texts('select text from effect order by id');
    expect([...effects].sort()).toEqual([...ids].sort());
    for (let key = 0; key < 20; key += 1) {
      const ofKey = effects.filter((id) => id.startsWith(`${key}-`));
      expect(ofKey).toEqual(ids.filter((id) => id.startsWith(`${key}-`)));
    }
    expect(new Set(await texts('select id as text from sent'))).toEqual(new Set(ids.map((id) => `status-${id}`)));
  }, 90_000);

  it.each([
    { point: 'inbox.taken', content: {}, effects: ['m1'], sent: ['status-m1'] },
    { point: 'inbox.handled', content: {}, effects: ['m1'], sent: ['status-m1'] },
    { point: 'inbox.committed', content: {}, effects: ['m1'], sent: ['status-m1'] },
    { point: 'inbox.put-off', content: { fail: 1 }, effects: ['m1'], sent: ['status-m1'] },
    { point: 'dead-letter.buried', content: { reject: true }, effects: ['refused m1'], sent: [] },
    { point: 'dead-letter.hooked', content: { reject: true }, effects: ['refused m1'], sent: [] },
    { point: 'dead-letter.committed', content: { reject: true }, effects: ['refused m1'], sent: [] },
    { point: 'call.claimed', content: { call: true }, effects: ['call of m1', 'm1'], sent: ['status-m1'] },
    { point: 'call.recorded', content: { call: true }, effects: ['call of m1', 'm1'], sent: ['status-m1'] },
    { point: 'call.committed', content: { call: true }, effects: ['call of m1', 'm1'], sent: ['status-m1'] },
    { point: 'outbox.confirmed', content: {}, effects: ['m1'], sent: ['status-m1', 'status-m1'] },
    { point: 'outbox.deleted', content: {}, effects: ['m1'], sent: ['status-m1'] },
  ])(
    'at $point leaves what the next one brings to its end',
    async ({ point, content, effects, sent }) => {
      await put('m1', content);
      await consumer(point).ended;
      consumer();
      await until(nothingWaits, 20_000);
      expect(await texts('select text from effect')).toEqual(effects);
      expect(await texts('select id as text from sent')).toEqual(sent);
    },
    60_000,
  );

  it('when it had counted the start of a suspect runs it once more, and counts that, too', async () => {
    await put('m1');
    await dataSource.query('update nestanza.inbox set deliveries = 2');
    await consumer('inbox.suspect-counted').ended;
    expect(await texts('select deliveries::text as text from nestanza.inbox')).toEqual(['3']);
    consumer();
    await until(nothingWaits, 20_000);
    expect(await texts('select text from effect')).toEqual(['m1']);
  }, 60_000);

  it('by one message, four times, is rid of it: a dead letter, and others are untouched', async () => {
    await put('poison', { die: true }, 'k1');
    for (let n = 0; n < 10; n += 1) await put(`good-${n}`, {}, 'k2');
    for (let deaths = 0; deaths < 4; deaths += 1) await consumer().ended;
    consumer();
    await until(nothingWaits, 20_000);
    const letters = await texts(`select message_id || ' ' || code as text from nestanza.dead_letter`);
    expect(letters).toEqual(['poison NST_DELIVERY_POISON']);
    const effects = await texts('select text from effect order by id');
    expect(effects.filter((text) => text.startsWith('good'))).toEqual(
      Array.from({ length: 10 }, (_, n) => `good-${n}`),
    );
  }, 60_000);
});

describe('a consumer stopped longer than its lease', () => {
  it('loses its lanes, and writes nothing of what it had begun when it goes on', async () => {
    const stopped = consumer();
    await put('m0', {}, 'k');
    await until(async () => (await texts('select text from effect')).length === 1, 20_000);
    await put('slow', { wait: 500 }, 'k');
    await until(async () => (await texts(TRANSACTIONS)).length > 0, 20_000);
    stopped.process.kill('SIGSTOP');
    consumer();
    await until(nothingWaits, 30_000);
    stopped.process.kill('SIGCONT');
    await put('after', {}, 'k');
    await until(async () => (await texts('select text from effect')).length === 3 && nothingWaits(), 20_000);
    expect(await texts('select text from effect order by id')).toEqual(['m0', 'slow', 'after']);
  }, 90_000);
});

/** Sessions in which a handler's own transaction is open. */
const TRANSACTIONS = `select application_name as text from pg_stat_activity
  where datname = current_database() and application_name like 'nst:%' and state = 'idle in transaction'`;
