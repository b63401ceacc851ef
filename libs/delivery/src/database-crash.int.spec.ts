import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openDatabase } from '@nestanza/postgres';
import {
  body,
  CHANNEL,
  count,
  effects,
  openWorld,
  outgoing,
  textOf,
  until,
  type World,
} from '../test/delivery-world.js';

/** Kills the server as a power cut would: no shutdown, nothing flushed. */
async function crash(data: string): Promise<void> {
  const [pid] = (await readFile(join(data, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

it('a database that crashes under load, twice, costs no message and doubles no effect', async () => {
  const data = await mkdtemp(join(tmpdir(), 'nestanza-delivery-'));
  const database = await openDatabase({ url: 'embedded', data });
  const world: World = await openWorld({
    url: database.url,
    handle: async (message, { tx }) => {
      await tx.query('insert into effect (text) values ($1)', [textOf(message)]);
      await world.delivery.publish(outgoing(message.id));
    },
  });
  try {
    await world.dataSource.query('create table effect (id serial primary key, text text)');
    const texts = Array.from({ length: 600 }, (_, n) => `${n % 7}-${n}`);
    const put = (from: number, to: number) =>
      texts.slice(from, to).forEach((text) => world.transport.put(CHANNEL, text, body(text, text.split('-')[0])));
    const atLeast = (rows: number) => async () => (await effects(world).catch(() => [])).length >= rows;
    put(0, 200);
    await until(atLeast(20));
    await crash(data);
    put(200, 400);
    await until(atLeast(250), 30_000);
    await crash(data);
    put(400, 600);
    await until(atLeast(600), 30_000);
    await until(
      async () => (await count(world, 'nestanza.inbox')) + (await count(world, 'nestanza.outbox')) === 0,
      30_000,
    );
    const handled = await effects(world);
    expect([...handled].sort()).toEqual([...texts].sort());
    for (let key = 0; key < 7; key += 1) {
      const ofKey = handled.filter((text) => text.startsWith(`${key}-`)).map((text) => Number(text.split('-')[1]));
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
    expect(new Set(world.transport.published.map(({ id }) => id))).toEqual(new Set(texts));
  } finally {
    await world.stop();
    await database.close();
    await rm(data, { recursive: true, force: true });
  }
}, 120_000);
