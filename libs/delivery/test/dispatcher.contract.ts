import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryAfter, type DurableOptions } from '@nestanza/bus';
import type { BullMQOptions } from '../src/bullmq/dispatch-options.js';
import {
  CHANNEL,
  body,
  count,
  effects,
  rejection,
  textOf,
  until,
  Worlds,
  type World,
  type WorldOptions,
} from './delivery-world.js';

/** What a dispatcher on a store promises; what it does not is tested to be absent nowhere, and promised nowhere. */
export interface DispatcherUnderTest {
  readonly dispatch: 'lanes' | 'bullmq';
  /** `'postgres'`, or the URL of a Redis that runs. */
  readonly queue: () => string;
  readonly orderPerKey: boolean;
  readonly priority: boolean;
}

const numbers = (length: number): string[] => Array.from({ length }, (_, n) => String(n));

/** Every dispatcher on every store has to pass this. */
export function dispatcherContract(name: string, under: DispatcherUnderTest): void {
  describe(`dispatcher ${name}`, () => {
    let worlds: Worlds;

    const open = (
      handle: WorldOptions['handle'],
      more: { readonly options?: DurableOptions; readonly bullmq?: BullMQOptions; readonly like?: World } = {},
    ): Promise<World> =>
      worlds.open({
        handle,
        queue: under.queue(),
        options: { dispatch: under.dispatch, ...more.options },
        ...(more.bullmq && { bullmq: more.bullmq }),
        ...(more.like && { transport: more.like.transport }),
      });

    const write: WorldOptions['handle'] = (message, { tx }) =>
      tx.query('insert into effect (text) values ($1)', [textOf(message)]);

    beforeEach(async () => {
      worlds = await Worlds.open();
    });

    afterEach(() => worlds.close());

    it('handles every message, its effects once, however often it is notified and by however many processes', async () => {
      const first = await open(write);
      await open(write, { like: first });
      for (const n of numbers(100)) for (let times = 0; times < 2; times += 1) first.transport.put(CHANNEL, n, body(n));
      await until(
        async () => (await count(first, 'nestanza.inbox')) === 0 && (await count(first, 'effect')) >= 100,
        30_000,
      );
      expect((await effects(first)).sort()).toEqual(numbers(100).sort());
    });

    it("handles every message with transaction 'none', and leaves no row", async () => {
      const seen = new Set<string>();
      const world = await open((message) => Promise.resolve(seen.add(textOf(message))), {
        options: { transaction: 'none' },
      });
      for (const n of numbers(100)) world.transport.put(CHANNEL, n, body(n));
      await until(async () => seen.size === 100 && (await count(world, 'nestanza.inbox')) === 0, 30_000);
    });

    it('runs a failed message again, its effects of before rolled back', async () => {
      const world = await open(async (message, { tx }) => {
        await tx.query('insert into effect (text) values ($1)', [`attempt ${message.attempt}`]);
        if (message.attempt < 3) throw new Error('not yet');
      });
      world.transport.put(CHANNEL, 'm1', body('one'));
      await until(async () => (await count(world, 'effect')) === 1 && (await count(world, 'nestanza.inbox')) === 0);
      expect(await effects(world)).toEqual(['attempt 3']);
    });

    it('runs a message later when its handler asks so, and others meanwhile', async () => {
      const seen: string[] = [];
      const world = await open((message) => {
        const text = textOf(message);
        if (text === 'first' && !seen.includes('second')) throw new RetryAfter('200ms');
        seen.push(text);
        return Promise.resolve();
      });
      world.transport.put(CHANNEL, 'm1', body('first'));
      world.transport.put(CHANNEL, 'm2', body('second'));
      await until(() => seen.length === 2);
      expect(seen).toEqual(['second', 'first']);
    });

    it('gives a message up after its last attempt, and replays it once', async () => {
      let mended = false;
      const world = await open(
        async (message, scope) => {
          if (!mended) throw new Error(`no ${message.attempt}`);
          await write(message, scope);
        },
        { options: { retry: { attempts: 2 } } },
      );
      world.transport.put(CHANNEL, 'm1', body('one'));
      await until(async () => (await world.inspector.deadLetters()).length === 1);
      const [letter] = await world.inspector.deadLetters();
      expect(letter).toMatchObject({ code: 'NST_DELIVERY_EXHAUSTED', reason: 'no 2', attempts: 2 });
      mended = true;
      const replays = await Promise.all([1, 2, 3].map(() => world.inspector.replay(letter?.id ?? '')));
      expect(replays.filter(Boolean)).toHaveLength(1);
      await until(async () => (await count(world, 'effect')) === 1);
    });

    it('shows a dead letter as a failed job whose Retry replays it', async () => {
      let mended = false;
      const world = await open(async (message, scope) => {
        if (!mended) throw rejection('INVALID', 'no lines');
        await write(message, scope);
      });
      world.transport.put(CHANNEL, 'm1', body('one'));
      await until(async () => (await world.queue.queue.getJobs(['failed'])).length === 1);
      mended = true;
      const [job] = await world.queue.queue.getJobs(['failed']);
      expect(job).toMatchObject({ name: 'order.placed.v1', failedReason: 'no lines' });
      await Promise.allSettled([job?.retry(), job?.retry()]);
      await until(async () => (await count(world, 'effect')) === 1);
    });

    it('shows a waiting message as a delayed job that Promote runs now', async () => {
      let mended = false;
      const world = await open(async (message, scope) => {
        if (!mended) throw new RetryAfter('1h');
        await write(message, scope);
      });
      world.transport.put(CHANNEL, 'm1', body('one'));
      await until(async () => (await world.queue.queue.getJobs(['delayed'])).length === 1);
      mended = true;
      const [job] = await world.queue.queue.getJobs(['delayed']);
      await job?.promote();
      await until(async () => (await count(world, 'effect')) === 1);
    });

    it('loses nothing when the queue is emptied', async () => {
      let held = true;
      const world = await open(
        async (message, scope) => {
          if (held) throw new RetryAfter('300ms');
          await write(message, scope);
        },
        { options: { inflight: 4 } },
      );
      for (const n of numbers(20)) world.transport.put(CHANNEL, n, body(n));
      await until(async () => (await count(world, 'nestanza.inbox')) === 20);
      await world.queue.queue.obliterate({ force: true });
      held = false;
      await until(async () => (await count(world, 'effect')) === 20, 20_000);
      await until(async () => (await count(world, 'nestanza.inbox')) === 0);
    });

    it('keeps what is not done when it stops, for whoever comes next', async () => {
      const first = await open(() => Promise.reject(new RetryAfter('100ms')));
      for (const n of numbers(10)) first.transport.put(CHANNEL, n, body(n));
      await until(async () => (await count(first, 'nestanza.inbox')) === 10);
      await first.stop();
      const second = await open(write, { like: first });
      await until(async () => (await count(second, 'effect')) === 10, 20_000);
    });

    if (under.orderPerKey) {
      it('runs messages of one key in order', async () => {
        const world = await open(write);
        for (const n of numbers(60)) world.transport.put(CHANNEL, n, body(n, 'one key'));
        await until(async () => (await count(world, 'effect')) === 60);
        expect(await effects(world)).toEqual(numbers(60));
      });
    }

    if (under.priority) {
      it('lets a message of higher priority overtake', async () => {
        let open_: (() => void) | undefined;
        const gate = new Promise<void>((resolve) => (open_ = resolve));
        const seen: string[] = [];
        const world = await open(
          async (message) => {
            if (message.id === 'first') await gate;
            seen.push(textOf(message));
          },
          {
            options: { transaction: 'none' },
            bullmq: { worker: { concurrency: 1 }, job: ({ key }) => ({ priority: key === 'urgent' ? 1 : 10 }) },
          },
        );
        world.transport.put(CHANNEL, 'first', body('first'));
        await until(async () => (await world.queue.queue.getJobCounts('active'))['active'] === 1);
        world.transport.put(CHANNEL, 'slow', body('slow'));
        world.transport.put(CHANNEL, 'fast', body('fast', 'urgent'));
        await until(async () => (await world.queue.queue.getJobCounts('prioritized'))['prioritized'] === 2);
        open_?.();
        await until(() => seen.length === 3);
        expect(seen).toEqual(['first', 'fast', 'slow']);
      });
    }
  });
}
