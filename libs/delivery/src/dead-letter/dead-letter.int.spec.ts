import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  body,
  CHANNEL,
  count,
  effects,
  outgoing,
  rejection,
  textOf,
  until,
  type World,
  Worlds,
} from '../../test/delivery-world.js';

let worlds: Worlds;

beforeEach(async () => {
  worlds = await Worlds.open();
});

afterEach(() => worlds.close());

describe('a dead letter', () => {
  it('keeps the reason and every attempt after the last one', async () => {
    const world = await worlds.open({
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
    const world: World = await worlds.open({
      handle: () => Promise.reject(rejection('INVALID', 'no lines')),
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
    const world = await worlds.open({
      handle: () => Promise.reject(rejection('INVALID', 'no lines')),
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
    const world = await worlds.open({
      handle: async (message, { tx }) => {
        if (!mended) throw rejection('INVALID', 'not yet');
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
