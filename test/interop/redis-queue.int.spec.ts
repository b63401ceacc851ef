import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Log } from '@nestanza/core';
import { Redis } from 'ioredis';
import {
  body,
  CHANNEL,
  effects,
  rejection,
  textOf,
  until,
  type World,
  Worlds,
} from '../../libs/delivery/test/delivery-world.js';
import { startRedis, type RedisServer } from './servers/redis.js';

let redis: RedisServer;
let worlds: Worlds;
let warnings: string[];
let mended: boolean;

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (text) => warnings.push(text),
  error: () => undefined,
};

const open = (): Promise<World> =>
  worlds.open({
    queue: redis.url,
    log,
    handle: async (message, { tx }) => {
      if (!mended) throw rejection('INVALID', 'no lines');
      await tx.query('insert into effect (text) values ($1)', [textOf(message)]);
    },
  });

/** Failed jobs; none while Redis is away. */
const failed = (world: World) => world.queue.queue.getJobs(['failed']).catch(() => []);

beforeEach(async () => {
  mended = false;
  warnings = [];
  worlds = await Worlds.open();
});

afterEach(async () => {
  await worlds.close();
  await redis[Symbol.asyncDispose]();
});

describe('a service queue on Redis', () => {
  it('shows a dead letter as a failed job, and Retry replays it once', async () => {
    redis = await startRedis();
    const world = await open();
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await failed(world)).length === 1);
    const [job] = await failed(world);
    expect(job).toMatchObject({ name: 'order.placed.v1', failedReason: 'no lines' });
    mended = true;
    await Promise.allSettled([job?.retry(), job?.retry()]);
    await until(async () => (await effects(world)).length === 1);
    await until(async () => (await failed(world)).length === 0);
    expect(await effects(world)).toEqual(['one']);
    expect(warnings.filter((text) => text.startsWith('Redis'))).toEqual([]);
  });

  it('is whole again within two seconds after each of fifty FLUSHALLs', async () => {
    redis = await startRedis();
    const world = await open();
    for (let n = 0; n < 5; n += 1) world.transport.put(CHANNEL, `m${n}`, body(String(n)));
    await until(async () => (await failed(world)).length === 5);
    const client = new Redis(redis.url);
    const times: number[] = [];
    for (let flush = 0; flush < 50; flush += 1) {
      await client.flushall();
      const begun = performance.now();
      await until(async () => (await failed(world)).length === 5);
      times.push(performance.now() - begun);
    }
    client.disconnect();
    expect(Math.max(...times)).toBeLessThan(2_000);
    mended = true;
    for (const { id } of await world.inspector.deadLetters()) await world.inspector.replay(id);
    await until(async () => (await effects(world)).length === 5);
  });

  it('that is away holds up no message, and shows what happened meanwhile when it is back', async () => {
    redis = await startRedis();
    const world = await open();
    redis.kill();
    world.transport.put(CHANNEL, 'bad', body('bad'));
    await until(async () => (await world.inspector.deadLetters()).length === 1);
    mended = true;
    world.transport.put(CHANNEL, 'good', body('good'));
    await until(async () => (await effects(world)).length === 1);
    await redis.start();
    await until(async () => (await failed(world)).length === 1, 20_000);
  });

  it('that is away at the start stops nothing, and neither does it stop the end', async () => {
    redis = await startRedis();
    redis.kill();
    mended = true;
    const world = await open();
    expect(warnings.some((text) => text.includes('Redis does not answer'))).toBe(true);
    world.transport.put(CHANNEL, 'good', body('good'));
    await until(async () => (await effects(world)).length === 1);
    const begun = performance.now();
    await world.stop();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('is warned of settings that lose jobs, and told that messages are safe', async () => {
    redis = await startRedis({ appendOnly: false, policy: 'allkeys-lru' });
    await open();
    const findings = warnings.filter((text) => text.startsWith('Redis'));
    expect(findings).toHaveLength(2);
    expect(findings.every((text) => text.includes('No message is lost'))).toBe(true);
  });
});
