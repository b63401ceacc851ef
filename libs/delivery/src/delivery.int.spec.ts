import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryAfter } from '@nestanza/bus';
import type { NestanzaError } from '@nestanza/core';
import { body, CHANNEL, count, effects, textOf, until, type WorldOptions, Worlds } from '../test/delivery-world.js';
import { FakeTransport } from '../test/fake-transport.js';

let worlds: Worlds;

beforeEach(async () => {
  worlds = await Worlds.open();
});

afterEach(() => worlds.close());

describe('the schema', () => {
  it('is what the entities say', async () => {
    const { dataSource } = await worlds.open({ handle: () => Promise.resolve() });
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('a durable handler', () => {
  it('handles what stood on the node before, oldest first, and then what comes', async () => {
    const transport = new FakeTransport();
    for (let n = 0; n < 250; n += 1) transport.put(CHANNEL, `m${n}`, body(String(n), 'one key'));
    const seen: string[] = [];
    await worlds.open({ transport, handle: (message) => Promise.resolve(seen.push(textOf(message))) });
    await until(() => seen.length === 250);
    transport.put(CHANNEL, 'm250', body('250', 'one key'));
    await until(() => seen.length === 251);
    expect(seen).toEqual(Array.from({ length: 251 }, (_, n) => String(n)));
  });

  it('commits its effects and the end of the message together, once however often the item is notified', async () => {
    const world = await worlds.open({
      handle: (message, { tx }) => tx.query('insert into effect (text) values ($1)', [textOf(message)]),
    });
    for (let n = 0; n < 3; n += 1) world.transport.put(CHANNEL, 'm1', body('one'));
    world.transport.put(CHANNEL, 'm2', body('two'));
    await until(async () => (await count(world, 'effect')) === 2);
    await until(async () => (await count(world, 'nestanza.inbox')) === 0);
    expect((await effects(world)).sort()).toEqual(['one', 'two']);
  });

  it('rolls its effects back with a failure and runs again', async () => {
    const world = await worlds.open({
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
    const world = await worlds.open({
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
    const world = await worlds.open({
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
    const world = await worlds.open({
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
    const first = await worlds.open({ transport, handle });
    await worlds.open({ transport, handle });
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
    const world = await worlds.open({
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

describe('items that were missed', () => {
  it('while the stream was away are fetched before anything new', async () => {
    const seen: string[] = [];
    const world = await worlds.open({ handle: (message) => Promise.resolve(seen.push(textOf(message))) });
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
