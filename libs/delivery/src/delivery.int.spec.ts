import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { parseChannel } from '@nestanza/contracts';
import { RetryAfter } from '@nestanza/bus';
import { body, CHANNEL, openWorld, textOf, until, type World, type WorldOptions } from '../test/delivery-world.js';
import { FakeTransport } from '../test/fake-transport.js';

let database: TemporaryDatabase;
const worlds: World[] = [];

async function open(options: Omit<WorldOptions, 'url'>): Promise<World> {
  const world = await openWorld({ url: database.url, ...options });
  worlds.push(world);
  await world.dataSource.query('create table if not exists effect (id serial primary key, text text)');
  return world;
}

async function count({ dataSource }: World, table: string): Promise<number> {
  const [row] = await dataSource.query<{ n: number }[]>(`select count(*)::int n from ${table}`);
  return row?.n ?? -1;
}

async function effects({ dataSource }: World): Promise<string[]> {
  return (await dataSource.query<{ text: string }[]>('select text from effect order by id')).map(({ text }) => text);
}

const outgoing = (id: string, key?: string) => ({
  id,
  key,
  channel: parseChannel('pubsub:orders/status'),
  envelope: `"${id}"`,
});

const reject = (code: string, text: string) => Object.assign(new Error(text), { reject: code });

beforeEach(async () => {
  database = await temporaryDatabase();
});

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
  await database.close();
});

describe('the schema', () => {
  it('is what the entities say', async () => {
    const { dataSource } = await open({ handle: () => Promise.resolve() });
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('a durable handler', () => {
  it('handles what stood on the node before, oldest first, and then what comes', async () => {
    const transport = new FakeTransport();
    for (let n = 0; n < 250; n += 1) transport.put(CHANNEL, `m${n}`, body(String(n), 'one key'));
    const seen: string[] = [];
    await open({ transport, handle: (message) => Promise.resolve(seen.push(textOf(message))) });
    await until(() => seen.length === 250);
    transport.put(CHANNEL, 'm250', body('250', 'one key'));
    await until(() => seen.length === 251);
    expect(seen).toEqual(Array.from({ length: 251 }, (_, n) => String(n)));
  });

  it('commits its effects and the end of the message together, once however often the item is notified', async () => {
    const world = await open({
      handle: (message, { tx }) => tx.query('insert into effect (text) values ($1)', [textOf(message)]),
    });
    for (let n = 0; n < 3; n += 1) world.transport.put(CHANNEL, 'm1', body('one'));
    world.transport.put(CHANNEL, 'm2', body('two'));
    await until(async () => (await count(world, 'effect')) === 2);
    await until(async () => (await count(world, 'nestanza.inbox')) === 0);
    expect((await effects(world)).sort()).toEqual(['one', 'two']);
  });

  it('rolls its effects back with a failure and runs again', async () => {
    const world = await open({
      handle: async (message, { tx }) => {
        await tx.query('insert into effect (text) values ($1)', [`attempt ${message.attempt}`]);
        if (message.attempt < 3) throw new Error('not yet');
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await count(world, 'nestanza.inbox')) === 0 && (await count(world, 'effect')) > 0);
    expect(await effects(world)).toEqual(['attempt 3']);
  });

  it('is not done when it swallowed a failed query: its transaction could not commit', async () => {
    let runs = 0;
    const world = await open({
      handle: async (_, { tx }) => {
        runs += 1;
        if (runs === 1) await tx.query('select 1/0').catch(() => undefined);
        else await tx.query('insert into effect (text) values ($1)', [`run ${runs}`]);
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await count(world, 'effect')) === 1);
    expect(await effects(world)).toEqual(['run 2']);
  });

  it('holds back only the key of a message that waits for its next attempt', async () => {
    const seen: string[] = [];
    let asked = false;
    const world = await open({
      handle: (message) => {
        const text = textOf(message);
        if (text === 'a1' && !asked) {
          asked = true;
          throw new RetryAfter('300ms');
        }
        seen.push(text);
        return Promise.resolve();
      },
    });
    world.transport.put(CHANNEL, 'a1', body('a1', 'a'));
    for (let n = 2; n < 70; n += 1) world.transport.put(CHANNEL, `a${n}`, body(`a${n}`, 'a'));
    for (let n = 1; n < 20; n += 1) world.transport.put(CHANNEL, `b${n}`, body(`b${n}`, 'b'));
    await until(() => seen.length === 88);
    expect(seen.slice(0, 19).every((text) => text.startsWith('b'))).toBe(true);
    expect(seen.slice(19)).toEqual(Array.from({ length: 69 }, (_, n) => `a${n + 1}`));
  });

  it("with transaction 'none' ends many messages together", async () => {
    const seen = new Set<string>();
    const world = await open({
      options: { transaction: 'none' },
      handle: (message) => Promise.resolve(seen.add(textOf(message))),
    });
    for (let n = 0; n < 500; n += 1) world.transport.put(CHANNEL, `m${n}`, body(String(n)));
    await until(async () => seen.size === 500 && (await count(world, 'nestanza.inbox')) === 0);
  });

  it('shares its messages with the other processes of its group, each message once', async () => {
    const transport = new FakeTransport();
    const seen: string[] = [];
    const handle: WorldOptions['handle'] = async (message, { tx }) => {
      await tx.query('insert into effect (text) values ($1)', [textOf(message)]);
      seen.push(textOf(message));
    };
    const first = await open({ transport, handle });
    await open({ transport, handle });
    for (let n = 0; n < 200; n += 1) transport.put(CHANNEL, `m${n}`, body(`${n % 10}-${n}`, `k${n % 10}`));
    await until(async () => (await count(first, 'effect')) >= 200);
    const all = await effects(first);
    expect(new Set(all).size).toBe(200);
    for (let key = 0; key < 10; key += 1) {
      const ofKey = all.filter((text) => text.startsWith(`${key}-`)).map((text) => Number(text.split('-')[1]));
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  });

  it('is warned of a write outside its own transaction; in tests the write is refused', async () => {
    const errors: string[] = [];
    const world = await open({
      strayWrites: 'throw',
      handle: async () => {
        await world.dataSource
          .query('insert into effect (text) values (1)')
          .catch((error: NestanzaError) => errors.push(error.code));
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(() => errors.length === 1);
    expect(errors).toEqual(['NST_DELIVERY_STRAY_WRITE']);
    expect(await count(world, 'effect')).toBe(0);
  });
});

describe('a dead letter', () => {
  it('keeps the reason and every attempt after the last one', async () => {
    const world = await open({
      options: { retry: { attempts: 3 } },
      handle: (message) => Promise.reject(new Error(`no ${message.attempt}`)),
    });
    world.transport.put(CHANNEL, 'm1', body('one', 'a key'));
    await until(async () => (await world.inspector.deadLetters()).length === 1);
    const [letter] = await world.inspector.deadLetters();
    expect(letter).toMatchObject({
      source: 'inbox',
      service: 'orders',
      channel: CHANNEL,
      handler: 'Orders.onPlaced',
      sender: 'shop@localhost',
      messageId: 'm1',
      key: 'a key',
      code: 'NST_DELIVERY_EXHAUSTED',
      reason: 'no 3',
      attempts: 3,
    });
    expect(letter?.failures.map(({ attempt, message }) => `${attempt} ${message}`)).toEqual([
      '1 no 1',
      '2 no 2',
      '3 no 3',
    ]);
    expect(letter?.stack).toContain('no 3');
  });

  it('is made at once of a rejected message, together with what its hook writes and publishes', async () => {
    const world: World = await open({
      handle: () => Promise.reject(reject('INVALID', 'no lines')),
      hooks: [
        async (letter, tx) => {
          await tx.query('insert into effect (text) values ($1)', [`${letter.code} ${letter.messageId}`]);
          await world.delivery.publish(outgoing('refused-m1'));
        },
      ],
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(() => world.transport.published.length === 1);
    expect(await effects(world)).toEqual(['INVALID m1']);
    expect(world.transport.published[0]?.id).toBe('refused-m1');
  });

  it('stands without a hook that fails, whose effects are rolled back', async () => {
    const world = await open({
      handle: () => Promise.reject(reject('INVALID', 'no lines')),
      hooks: [
        async (_, tx) => {
          await tx.query(`insert into effect (text) values ('lost')`);
          throw new Error('hook failed');
        },
        async (_, tx) => {
          await tx.query(`insert into effect (text) values ('kept')`);
        },
      ],
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await world.inspector.deadLetters()).length === 1);
    expect(await effects(world)).toEqual(['kept']);
    expect((await world.inspector.deadLetters())[0]?.hookError).toBe('hook failed');
  });

  it('is replayed once however often that is asked', async () => {
    let mended = false;
    const world = await open({
      handle: async (message, { tx }) => {
        if (!mended) throw reject('INVALID', 'not yet');
        await tx.query('insert into effect (text) values ($1)', [textOf(message)]);
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await world.inspector.deadLetters()).length === 1);
    mended = true;
    const id = (await world.inspector.deadLetters())[0]?.id ?? '';
    const replays = await Promise.all([1, 2, 3, 4].map(() => world.inspector.replay(id)));
    expect(replays.filter(Boolean)).toHaveLength(1);
    await until(async () => (await count(world, 'effect')) === 1);
    expect(await world.inspector.status()).toMatchObject({ deadLetters: { rows: 0 } });
  });
});

describe('a durable publish', () => {
  it('leaves with the commit of its transaction, and never with a rolled back one', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    const refused = runInTransaction(world.dataSource, async () => {
      await world.delivery.publish(outgoing('never'));
      throw new Error('rolled back');
    });
    await expect(refused).rejects.toThrow('rolled back');
    await world.dataSource.transaction(async (tx) => {
      await world.delivery.publish(outgoing('explicit'), { tx });
    });
    await world.delivery.publish(outgoing('alone'));
    await until(() => world.transport.published.length === 2);
    expect(world.transport.published.map(({ id }) => id)).toEqual(['explicit', 'alone']);
    await until(async () => (await count(world, 'nestanza.outbox')) === 0);
  });

  it('of a handler leaves with its effects, also when the handler did not wait for it', async () => {
    const world: World = await open({
      handle: (message) => {
        void world.delivery.publish(outgoing(`status-${message.id}`));
        return Promise.resolve();
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(() => world.transport.published.length === 1);
  });

  it('keeps the order of its key over failures, while other keys go on', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    let failures = 2;
    world.transport.refusal = (id) => (id === 'a0' && failures-- > 0 ? new Error('busy') : undefined);
    const ids = Array.from({ length: 20 }, (_, n) => [`a${n}`, `b${n}`]).flat();
    await Promise.all(ids.map((id) => world.delivery.publish(outgoing(id, id.slice(0, 1)))));
    await until(() => world.transport.published.length === 40);
    const sent = world.transport.published.map(({ id }) => id);
    for (const key of ['a', 'b']) {
      expect(sent.filter((id) => id.startsWith(key))).toEqual(ids.filter((id) => id.startsWith(key)));
    }
    expect(sent.indexOf('b19')).toBeLessThan(sent.indexOf('a0'));
  });

  it('that is refused for good becomes a dead letter, and those behind it go on', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    world.transport.refusal = (id) =>
      id === 'bad' ? Object.assign(new Error('forbidden'), { condition: 'forbidden', type: 'auth' }) : undefined;
    await world.delivery.publish(outgoing('bad', 'k'));
    await world.delivery.publish(outgoing('good', 'k'));
    await until(() => world.transport.published.length === 1);
    const [letter] = await world.inspector.deadLetters();
    expect(letter).toMatchObject({
      source: 'outbox',
      messageId: 'bad',
      code: 'NST_DELIVERY_REFUSED',
      reason: 'forbidden',
    });
  });

  it('waits for the stream, uncounted', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    world.transport.setOnline(false);
    await world.delivery.publish(outgoing('m1'));
    expect(await world.inspector.status()).toMatchObject({ outbox: { rows: 1, retrying: 0 } });
    world.transport.setOnline(true);
    await until(() => world.transport.published.length === 1);
  });
});

describe('an idempotent call', () => {
  const key = { caller: 'orders@localhost', method: 'billing.charge', key: 'order-1' };

  it('runs once; a repeated and a concurrent one get the recorded result', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    let runs = 0;
    const charge = () =>
      world.delivery.once(key, async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return `charged ${runs}`;
      });
    expect(await Promise.all([charge(), charge(), charge()])).toEqual(['charged 1', 'charged 1', 'charged 1']);
    expect(await charge()).toBe('charged 1');
  });

  it('that fails leaves no record: the next one runs', async () => {
    const world = await open({ handle: () => Promise.resolve() });
    await expect(world.delivery.once(key, () => Promise.reject(new Error('declined')))).rejects.toThrow('declined');
    expect(await world.delivery.once(key, () => Promise.resolve('charged'))).toBe('charged');
  });
});

describe('items that were missed', () => {
  it('while the stream was away are fetched before anything new', async () => {
    const seen: string[] = [];
    const world = await open({ handle: (message) => Promise.resolve(seen.push(textOf(message))) });
    world.transport.put(CHANNEL, 'm0', body('0', 'k'));
    await until(() => seen.length === 1);
    world.transport.setOnline(false);
    for (let n = 1; n < 130; n += 1) world.transport.put(CHANNEL, `m${n}`, body(String(n), 'k'));
    world.transport.setOnline(true);
    world.transport.put(CHANNEL, 'm130', body('130', 'k'));
    await until(() => seen.length === 131);
    expect(seen).toEqual(Array.from({ length: 131 }, (_, n) => String(n)));
  });
});
