import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runInTransaction } from '@nestanza/postgres';
import { body, CHANNEL, count, outgoing, until, type World, Worlds } from '../../test/delivery-world.js';

let worlds: Worlds;

beforeEach(async () => {
  worlds = await Worlds.open();
});

afterEach(() => worlds.close());

describe('a durable publish', () => {
  it('leaves with the commit of its transaction, and never with a rolled back one', async () => {
    const world = await worlds.open({ handle: () => Promise.resolve() });
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
    const world: World = await worlds.open({
      handle: (message) => {
        void world.delivery.publish(outgoing(`status-${message.id}`));
        return Promise.resolve();
      },
    });
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(() => world.transport.published.length === 1);
  });

  it('keeps the order of its key over failures, while other keys go on', async () => {
    const world = await worlds.open({ handle: () => Promise.resolve() });
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
    const world = await worlds.open({ handle: () => Promise.resolve() });
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
    const world = await worlds.open({ handle: () => Promise.resolve() });
    world.transport.setOnline(false);
    await world.delivery.publish(outgoing('m1'));
    expect(await world.inspector.status()).toMatchObject({ outbox: { rows: 1, retrying: 0 } });
    world.transport.setOnline(true);
    await until(() => world.transport.published.length === 1);
  });
});
