import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { body, CHANNEL, effects, rejection, textOf, until, type World, Worlds } from '../../test/delivery-world.js';
import type { DeliveryEvent } from '../delivery-events.js';
import { openDeliveryInspector } from '../open-inspector.js';

let worlds: Worlds;
let world: World;
let mended: boolean;
let events: DeliveryEvent[];

/** Dead letters `m0` to `m<n-1>`, the even ones with the code EVEN. */
async function bury(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) world.transport.put(CHANNEL, `m${n}`, body(String(n), 'one key'));
  await until(async () => (await world.inspector.status()).deadLetters.rows === count);
}

beforeEach(async () => {
  mended = false;
  events = [];
  worlds = await Worlds.open();
  world = await worlds.open({
    handle: async (message, { tx }) => {
      const text = message.envelope.includes('specversion') ? message.envelope : textOf(message);
      if (!mended) throw rejection(Number(text) % 2 === 0 ? 'EVEN' : 'ODD', `no ${text}`);
      await tx.query('insert into effect (text) values ($1)', [text]);
    },
  });
  world.inspector.onEvent((event) => events.push(event));
});

afterEach(() => worlds.close());

describe('dead letters', () => {
  it('are found by code, handler, channel, id and text, and counted by handler and code', async () => {
    await bury(5);
    const found = async (filter: object) =>
      (await world.inspector.deadLetters(filter)).map(({ messageId }) => messageId);
    expect(await found({ code: 'ODD' })).toEqual(['m3', 'm1']);
    expect(await found({ text: 'no 4' })).toEqual(['m4']);
    expect(await found({ messageId: 'm2', channel: CHANNEL, handler: 'Orders.onPlaced' })).toEqual(['m2']);
    expect(await found({ handler: 'Orders.other' })).toEqual([]);
    expect(await found({ limit: 2 })).toEqual(['m4', 'm3']);
    expect(await world.inspector.deadLetterGroups()).toMatchObject([
      { service: 'orders', handler: 'Orders.onPlaced', code: 'EVEN', count: 3 },
      { service: 'orders', handler: 'Orders.onPlaced', code: 'ODD', count: 2 },
    ]);
  });

  it('that fit are replayed together in their order, at a rate, and no others', async () => {
    await bury(6);
    mended = true;
    const begun = performance.now();
    expect(await world.inspector.replayAll({ code: 'EVEN' }, { rate: 10 })).toBe(3);
    expect(performance.now() - begun).toBeGreaterThan(190);
    await until(async () => (await effects(world)).length === 3);
    expect(await effects(world)).toEqual(['0', '2', '4']);
    expect(await world.inspector.discardAll({})).toBe(3);
    expect((await world.inspector.status()).deadLetters.rows).toBe(0);
    expect(events.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 6 }, () => 'buried'),
      ...Array.from({ length: 3 }, () => 'replayed'),
      ...Array.from({ length: 3 }, () => 'discarded'),
    ]);
  });

  it('that fail again are not replayed again by the same request', async () => {
    await bury(2);
    expect(await world.inspector.replayAll({})).toBe(2);
    await until(async () => (await world.inspector.status()).deadLetters.rows === 2);
  });

  it('replayed edited are new messages caused by the old ones, whose letters are closed', async () => {
    await bury(1);
    mended = true;
    const [letter] = await world.inspector.deadLetters();
    expect(await world.inspector.replay(letter?.id ?? '', { body: { text: 'edited' } })).toBe(true);
    await until(async () => (await effects(world)).length === 1);
    const [envelope = ''] = await effects(world);
    expect(JSON.parse(envelope)).toMatchObject({ event: { causationid: 'm0', data: { text: 'edited' } } });
    expect(await world.inspector.deadLetters()).toEqual([]);
  });

  it('are reached from outside of the service, too', async () => {
    await bury(1);
    await using outside = await openDeliveryInspector({ database: world.storage.url });
    const [letter] = await outside.letters.letters();
    expect((await outside.trace('m0')).map(({ stop }) => stop)).toEqual(['received', 'dead']);
    mended = true;
    expect(await outside.letters.replay(letter?.id ?? '')).toBe(true);
    await until(async () => (await effects(world)).length === 1);
    expect((await outside.trace('m0')).map(({ stop }) => stop)).toEqual(['received', 'handled']);
  });
});
