import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { event } from '@nestanza/contracts';
import { pause } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import { leavesOf, probeOf } from './engine/leaves.js';
import { topicOf } from './event-topic.js';
import { keepEvent } from './store/event.js';
import type { WorkflowContext } from './workflow-context.js';
import { openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

class PaymentDto {
  orderId!: string;
  amount!: number;
  by?: { account: string };
}
const Paid = event('pubsub:payments', { type: 'paid.v1', body: PaymentDto });
const Unheard = event('pubsub:unheard', { type: 'unheard.v1' });

@Workflow({ receives: [Paid] })
class Billing {
  async run(ctx: WorkflowContext, { orderId, count }: { orderId: string; count: number }): Promise<number[]> {
    const amounts: number[] = [];
    for (let n = 0; n < count; n++) amounts.push((await ctx.waitFor(Paid, { filter: { orderId } })).amount);
    return amounts;
  }
}

@Workflow({ receives: [Paid] })
class Impatient {
  async run(ctx: WorkflowContext): Promise<string> {
    const paid = await ctx.waitFor(Paid, { filter: { orderId: 'none', by: { account: 'a' } }, timeout: 50 });
    return paid === undefined ? 'too late' : 'paid';
  }
}

@Workflow()
class Deaf {
  async run(ctx: WorkflowContext): Promise<void> {
    await ctx.waitFor(Unheard);
  }
}

describe('waiting for events', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let world: World;
  let count = 0;
  beforeAll(async () => {
    database = await temporaryDatabase();
    world = await openWorld({
      url: database.url,
      workflows: [new Billing(), new Impatient(), new Deaf()],
      receives: [Paid],
    });
  });
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  async function pay(body: PaymentDto, messageId = `message ${count++}`): Promise<number> {
    const woken = await world.dataSource.transaction((tx) =>
      keepEvent(tx, {
        topic: topicOf(Paid),
        sender: 'bank@localhost',
        messageId,
        body: JSON.stringify(body),
        leaves: leavesOf(body),
        keep: 60_000,
      }),
    );
    world.engine.announce();
    return woken;
  }

  it('wakes exactly the runs whose filter the event matches, and brings its body', async () => {
    const one = await world.workflows.start(Billing, { orderId: 'one', count: 1 });
    const two = await world.workflows.start(Billing, { orderId: 'two', count: 1 });
    for (const run of [one, two]) while ((await run.status()) !== 'waiting') await pause(5);
    expect(await pay({ orderId: 'one', amount: 1 })).toBe(1);
    expect(await one.result()).toEqual([1]);
    expect(await two.status()).toBe('waiting');
    expect(await pay({ orderId: 'two', amount: 2 })).toBe(1);
    expect(await two.result()).toEqual([2]);
    expect(await world.dataSource.query('select * from nestanza.workflow_wait')).toEqual([]);
  });

  it('gives a run each event once, in the order of arrival, also those that came before it waited', async () => {
    const run = await world.workflows.start(Billing, { orderId: 'early', count: 3 });
    for (const amount of [1, 2, 3]) await pay({ orderId: 'early', amount });
    expect(await run.result()).toEqual([1, 2, 3]);
  });

  it('takes a message that is delivered twice for one', async () => {
    const run = await world.workflows.start(Billing, { orderId: 'twice', count: 2 });
    await pay({ orderId: 'twice', amount: 1 }, 'same');
    await pay({ orderId: 'twice', amount: 1 }, 'same');
    await pay({ orderId: 'twice', amount: 2 }, 'other');
    expect(await run.result()).toEqual([1, 2]);
  });

  it('ends without an event at the timeout', async () => {
    expect(await (await world.workflows.start(Impatient, undefined)).result()).toBe('too late');
  });

  it('refuses to wait for what the workflow does not receive', async () => {
    const run = await world.workflows.start(Deaf, undefined);
    await expect(run.result()).rejects.toMatchObject({ failure: { code: 'NST_WORKFLOW_NOT_RECEIVED' } });
  });

  it('loses no event when arrivals and waits race', async () => {
    const orders = Array.from({ length: 60 }, (_, index) => `race ${index}`);
    const runs = await Promise.all(
      orders.map(async (orderId, index) => {
        const start = world.workflows.start(Billing, { orderId, count: 3 }, { id: orderId });
        await pause(index % 7);
        const run = await start;
        for (const amount of [1, 2, 3]) await pay({ orderId, amount });
        return run;
      }),
    );
    expect(new Set((await Promise.all(runs.map((run) => run.result()))).map(String))).toEqual(new Set(['1,2,3']));
  });

  it('finds a filter by its longest leaf', () => {
    expect(probeOf({ a: 1, order: { id: 'A-1' }, list: ['x'] })).toBe('order.id="A-1"');
    expect(probeOf({ list: [1] })).toBe('');
    expect(leavesOf({ a: 1, b: { c: null, d: [1] }, e: true })).toEqual(['a=1', 'b.c=null', 'e=true']);
  });
});
