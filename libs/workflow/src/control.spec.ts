import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pause } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import type { WorkflowContext } from './workflow-context.js';
import { openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

const did: string[] = [];

@Workflow()
class Steady {
  async run(ctx: WorkflowContext, input: { name: string }): Promise<string> {
    await ctx.step('one', () => did.push('one'));
    await ctx.waitForSignal('go');
    await ctx.step('two', () => did.push('two'));
    return ctx.step('three', ({ idempotencyKey }) => `${input.name} ${idempotencyKey}`);
  }
}

@Workflow()
class Endless {
  async run(ctx: WorkflowContext, { round }: { round: number }): Promise<string> {
    await ctx.waitForSignal('next');
    const key = await ctx.step('key', ({ idempotencyKey }) => idempotencyKey);
    did.push(key);
    if (round < 3) await ctx.continueAsNew({ round: round + 1 });
    return 'enough';
  }
}

@Workflow()
class Beating {
  async run(ctx: WorkflowContext): Promise<string> {
    await ctx.step(
      'alive',
      async ({ beat }) => {
        for (let n = 0; n < 6; n++) {
          await pause(20);
          beat();
        }
      },
      { heartbeat: 200, timeout: 5_000 },
    );
    try {
      await ctx.step('dead', () => pause(5_000), { heartbeat: 30, retry: false });
      return 'ended';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
}

/** One workflow in two versions. */
@Workflow({ name: 'Versioned', version: '1' })
class Old {
  async run(ctx: WorkflowContext): Promise<string> {
    await ctx.waitForSignal('go');
    return 'old';
  }
}
@Workflow({ name: 'Versioned', version: '2' })
class New {
  async run(ctx: WorkflowContext): Promise<string> {
    await ctx.waitForSignal('go');
    return 'new';
  }
}

/** The same workflow before and after a change under a mark. */
@Workflow({ name: 'Marked' })
class Before {
  async run(ctx: WorkflowContext): Promise<string[]> {
    const a = await ctx.step('a', () => 'a');
    const b = await ctx.step('b', () => 'b');
    await ctx.waitForSignal('go');
    return [a, b];
  }
}
@Workflow({ name: 'Marked' })
class After {
  async run(ctx: WorkflowContext): Promise<string[]> {
    const a = await ctx.step('a', () => 'a');
    const b = ctx.patched('better b') ? await ctx.step('better b', () => 'B') : await ctx.step('b', () => 'b');
    await ctx.waitForSignal('go');
    return [a, b];
  }
}

describe('control of runs', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let world: World;
  beforeAll(async () => {
    database = await temporaryDatabase();
    world = await openWorld({ url: database.url, workflows: [new Steady(), new Endless(), new Beating()] });
  });
  beforeEach(() => void did.splice(0));
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  it('begins no step while paused, and goes on when resumed', async () => {
    const run = await world.workflows.start(Steady, { name: 'paused' });
    while ((await run.status()) !== 'waiting') await pause(5);
    expect(await run.pause()).toBe(true);
    expect(await run.pause()).toBe(false);
    await run.signal('go');
    const other = await world.workflows.start(Steady, { name: 'other' }); // would not overtake it
    await other.signal('go');
    await other.result();
    expect(did.filter((step) => step === 'two')).toHaveLength(1);
    expect((await world.inspector.timeline(run.id)).run).toMatchObject({ paused: true, wakeAt: null });
    expect(await run.resume()).toBe(true);
    expect(await run.result()).toMatch(/^paused/);
    expect(await run.resume()).toBe(false);
  });

  it('is forked from a step with another input, and leaves the first run as it was', async () => {
    const first = await world.workflows.start(Steady, { name: 'first' }, { id: 'first' });
    await first.signal('go');
    expect(await first.result()).toBe('first first:three#0');
    did.splice(0);
    const fork = await world.workflows.fork<string>('first', { id: 'fork', from: 'two#0', input: { name: 'second' } });
    expect(await fork.result()).toBe('second fork:three#0');
    expect(did).toEqual(['two']);
    expect((await world.inspector.timeline('fork')).run).toMatchObject({ forkedFrom: 'first' });
    expect((await world.inspector.timeline('first')).run.output).toBe('first first:three#0');
    await expect(world.workflows.fork('first', { from: 'nine#0' })).rejects.toMatchObject({
      code: 'NST_WORKFLOW_NO_FORK',
    });
  });

  it('begins anew with an empty record and other idempotency keys', async () => {
    const run = await world.workflows.start(Endless, { round: 1 }, { id: 'endless' });
    for (const id of ['1', '2', '3']) await run.signal('next', null, { id });
    expect(await run.result()).toBe('enough');
    expect(did).toEqual(['endless:key#0', 'endless~1:key#0', 'endless~2:key#0']);
    const timeline = await world.inspector.timeline('endless');
    expect(timeline.run).toMatchObject({ generation: 2 });
    expect(timeline.steps).toHaveLength(2);
  });

  it('ends an attempt that gives no sign of life', async () => {
    const run = await world.workflows.start(Beating, undefined);
    expect(await run.result()).toBe('NST_WORKFLOW_STEP_TIMEOUT');
  });

  it('runs each run with the version of the code it began with', async () => {
    const old = await openWorld({ url: database.url, workflows: [new Old()] });
    await old.workflows.start(Old, undefined, { id: 'old' });
    await old.close();
    await using both = await openWorld({ url: database.url, workflows: [new Old(), new New()] });
    await both.workflows.start(New, undefined, { id: 'new' });
    for (const id of ['old', 'new']) {
      await both.workflows.handle(id).signal('go');
      expect(await both.workflows.handle(id).result()).toBe(id);
    }
  });

  it('goes the old way with runs that came by a mark before it was there, and the new way with others', async () => {
    const before = await openWorld({ url: database.url, workflows: [new Before()] });
    const old = await before.workflows.start(Before, undefined, { id: 'before' });
    while ((await old.status()) !== 'waiting') await pause(5);
    await before.close();
    await using after = await openWorld({ url: database.url, workflows: [new After()] });
    const fresh = await after.workflows.start(After, undefined, { id: 'after' });
    while ((await fresh.status()) !== 'waiting') await pause(5);
    for (const [id, expected] of [
      ['before', ['a', 'b']],
      ['after', ['a', 'B']],
    ] as const) {
      await after.workflows.handle(id).signal('go');
      expect(await after.workflows.handle(id).result()).toEqual(expected);
    }
  });
});
