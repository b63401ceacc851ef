import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NestanzaError, pause } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import type { WorkflowContext } from './workflow-context.js';
import { openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

const undone: string[] = [];

@Workflow()
class Child {
  async run(ctx: WorkflowContext, { n, how }: { n: number; how: 'quick' | 'slow' | 'refuse' }): Promise<number> {
    await ctx.step('work', () => n, { compensate: () => undone.push(`child ${n}`) });
    if (how === 'slow') await ctx.waitForSignal('go');
    if (how === 'refuse') throw new NestanzaError('REFUSED', 'not today');
    return n * n;
  }
}

@Workflow()
class Parent {
  async run(ctx: WorkflowContext, how: 'quick' | 'slow' | 'refuse'): Promise<number[]> {
    await ctx.step('first', () => 0, { compensate: () => undone.push('parent') });
    return Promise.all([1, 2, 3].map((n) => ctx.child(Child, { n, how: n === 2 ? how : 'quick' }, { key: `${n}` })));
  }
}

@Workflow()
class Racing {
  async run(ctx: WorkflowContext): Promise<unknown> {
    const first = await ctx.race({
      told: () => ctx.waitForSignal<string>('told'),
      late: () => ctx.sleep('30d'),
    });
    const second = await ctx.race({
      slow: () => ctx.step('slow', () => pause(40)),
      quick: () => ctx.step('quick', () => 'quick'),
    });
    await ctx.show('progress', { first: first.winner });
    await ctx.waitForSignal('go');
    return [first, second];
  }
}

const late: string[] = [];

@Workflow()
class Leaving {
  async run(ctx: WorkflowContext): Promise<string> {
    const { winner } = await ctx.race({
      first: () => ctx.step('first', () => 'first'),
      second: async () => {
        await ctx.sleep(60);
        await ctx.step('late', () => late.push('late'));
      },
    });
    return winner;
  }
}

@Workflow()
class Waiting {
  async run(ctx: WorkflowContext): Promise<void> {
    await ctx.sleep(150);
  }
}

let most = 0;
let running = 0;

@Workflow()
class Mapping {
  async run(ctx: WorkflowContext, items: number[]): Promise<number[]> {
    return ctx.map('double', items, {
      key: (item) => `${item}`,
      concurrency: 3,
      work: async (item) => {
        most = Math.max(most, (running += 1));
        await pause(5);
        running -= 1;
        return item * 2;
      },
    });
  }
}

describe('families and branches of runs', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let world: World;
  beforeAll(async () => {
    database = await temporaryDatabase();
    world = await openWorld({
      url: database.url,
      workflows: [new Child(), new Parent(), new Racing(), new Mapping(), new Leaving(), new Waiting()],
    });
  });
  beforeEach(() => void undone.splice(0));
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  it('runs children beside each other, and parks until they have ended', async () => {
    const parent = await world.workflows.start(Parent, 'slow', { id: 'parent' });
    while ((await parent.status()) !== 'waiting') await pause(5);
    const children = await world.inspector.list({ workflow: 'Child' });
    expect(children.map(({ id }) => id).sort()).toEqual([1, 2, 3].map((n) => `parent/child Child[${n}]#0`));
    await world.workflows.handle('parent/child Child[2]#0').signal('go');
    expect(await parent.result()).toEqual([1, 4, 9]);
  });

  it("brings a child's failure to its parent, with its code", async () => {
    const parent = await world.workflows.start(Parent, 'refuse');
    await expect(parent.result()).rejects.toMatchObject({ failure: { code: 'REFUSED' } });
    expect(undone).toEqual(['child 2', 'parent']);
  });

  it('cancels and awaits open children before it undoes its own steps', async () => {
    const parent = await world.workflows.start(Parent, 'slow');
    while ((await parent.status()) !== 'waiting') await pause(5);
    await parent.cancel();
    await expect(parent.result()).rejects.toMatchObject({ code: 'NST_WORKFLOW_CANCELLED' });
    expect(undone).toEqual(['child 2', 'parent']);
  });

  it('records who won a race, and shows what it was told to show', async () => {
    const run = await world.workflows.start(Racing, undefined);
    await run.signal('told', 'hello');
    while ((await run.query('progress')) === undefined) await pause(5);
    expect(await run.query('progress')).toEqual({ first: 'told' });
    await run.signal('go');
    expect(await run.result()).toEqual([
      { winner: 'told', result: 'hello' },
      { winner: 'quick', result: 'quick' },
    ]);
  });

  it('leaves what lost a race where it stands when the run ends', async () => {
    const run = await world.workflows.start(Leaving, undefined);
    expect(await run.result()).toBe('first');
    const later = await world.workflows.start(Waiting, undefined); // longer than the other branch would have slept
    await later.result();
    expect(late).toEqual([]);
    expect((await world.inspector.timeline(run.id)).steps.map(({ key }) => key)).toEqual(['first#0', 'race#0']);
  });

  it('maps a step over items, a few at a time, in their order', async () => {
    const items = Array.from({ length: 12 }, (_, index) => index);
    const run = await world.workflows.start(Mapping, items);
    expect(await run.result()).toEqual(items.map((item) => item * 2));
    expect(most).toBe(3);
  });

  it('is found by its attributes', async () => {
    await world.workflows.start(Mapping, [], { id: 'found', attributes: { customer: 'ada', vip: true } });
    await world.workflows.start(Mapping, [], { attributes: { customer: 'bob' } });
    const found = await world.inspector.list({ attributes: { customer: 'ada' } });
    expect(found.map(({ id }) => id)).toEqual(['found']);
  });
});
