import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryAfter } from '@nestanza/bus';
import { body, CHANNEL, rejection, until, type World, Worlds } from '../../test/delivery-world.js';

let worlds: Worlds;
let world: World;
let runs: number;
let mended: boolean;
let failure: () => Error;

const rejected = () => rejection('INVALID', 'no lines');

const jobs = (state: 'failed' | 'delayed') => world.queue.queue.getJobs([state]);

beforeEach(async () => {
  worlds = await Worlds.open();
  runs = 0;
  mended = false;
  world = await worlds.open({
    handle: () => {
      if (!mended) throw failure();
      runs += 1;
      return Promise.resolve();
    },
  });
});

afterEach(() => worlds.close());

describe('the service queue', () => {
  it('shows a dead letter as a failed job with its reason', async () => {
    failure = rejected;
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await jobs('failed')).length === 1);
    const [job] = await jobs('failed');
    expect(job).toMatchObject({ name: 'order.placed.v1', failedReason: 'no lines' });
    expect(job?.data).toMatchObject({ kind: 'dead', channel: CHANNEL, messageId: 'm1', handler: 'Orders.onPlaced' });
    expect(job?.stacktrace?.join('\n')).toContain('no lines');
  });

  it('replays a dead letter once when its job is retried, however often', async () => {
    failure = rejected;
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await jobs('failed')).length === 1);
    mended = true;
    const [job] = await jobs('failed');
    await Promise.allSettled([job?.retry(), job?.retry()]);
    await until(() => runs === 1);
    await until(async () => (await world.inspector.status()).deadLetters.rows === 0);
    await until(async () => (await jobs('failed')).length === 0);
    expect(runs).toBe(1);
  });

  it('shows a waiting message as a delayed job, and runs it when the job is promoted', async () => {
    failure = () => new RetryAfter('1h');
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await jobs('delayed')).length === 1);
    expect(runs).toBe(0);
    mended = true;
    const [job] = await jobs('delayed');
    expect(job?.data).toMatchObject({ kind: 'retry', messageId: 'm1' });
    await job?.promote();
    await until(() => runs === 1);
  });

  it('is made again from the rows when it was emptied', async () => {
    failure = rejected;
    for (let n = 0; n < 5; n += 1) world.transport.put(CHANNEL, `m${n}`, body('one'));
    await until(async () => (await jobs('failed')).length === 5);
    await world.queue.queue.obliterate({ force: true });
    await until(async () => (await jobs('failed')).length === 5);
  });

  it('loses the job of a letter that was discarded', async () => {
    failure = rejected;
    world.transport.put(CHANNEL, 'm1', body('one'));
    await until(async () => (await jobs('failed')).length === 1);
    const [letter] = await world.inspector.deadLetters();
    expect(await world.inspector.discard(letter?.id ?? '')).toBe(true);
    expect(await world.inspector.discard(letter?.id ?? '')).toBe(false);
    await until(async () => (await jobs('failed')).length === 0);
  });
});
