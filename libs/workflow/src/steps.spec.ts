import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Step } from './decorators/step.decorator.js';
import { Workflow } from './decorators/workflow.decorator.js';
import type { WorkflowContext } from './workflow-context.js';
import { effectTables, openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

const calls: string[] = [];

@Workflow()
class Simple {
  async run(ctx: WorkflowContext, input: { n: number }): Promise<number> {
    const a = await ctx.step('double', () => input.n * 2);
    const b = await ctx.step('add', () => Promise.resolve(a + 1));
    return b;
  }
}

@Workflow({ name: 'decorated' })
class Decorated {
  async run(_ctx: WorkflowContext, order: string): Promise<string> {
    const reserved = await this.reserve(order);
    await this.charge(order);
    return reserved;
  }

  @Step({ compensate: 'release' })
  async reserve(order: string): Promise<string> {
    calls.push(`reserve ${order}`);
    return `reservation of ${order}`;
  }

  async release(order: string, reservation: string | undefined): Promise<void> {
    calls.push(`release ${order} ${reservation}`);
  }

  @Step({ retry: false })
  async charge(order: string): Promise<void> {
    calls.push(`charge ${order}`);
    if (order === 'declined') throw new NestanzaError('DECLINED', 'no money');
  }
}

@Workflow()
class Flaky {
  async run(ctx: WorkflowContext): Promise<number> {
    return ctx.step(
      'flaky',
      ({ attempt }) => {
        if (attempt < 4) throw new Error(`attempt ${attempt}`);
        return attempt;
      },
      { retry: { delay: 10, maxDelay: 20 } },
    );
  }
}

@Workflow()
class Parallel {
  async run(ctx: WorkflowContext, { keys }: { keys: boolean }): Promise<number[]> {
    return Promise.all([1, 2, 3].map((n) => ctx.step('square', () => n * n, keys ? { key: `${n}` } : {})));
  }
}

let failures = 0;

@Workflow()
class Stubborn {
  async run(ctx: WorkflowContext): Promise<void> {
    await ctx.step('first', () => 1, {
      retry: { attempts: 1, delay: 5, maxDelay: 10 },
      compensate: () => {
        if (++failures < 15) throw new Error('not yet');
      },
    });
    throw new NestanzaError('REFUSED', 'no');
  }
}

describe('steps', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let world: World;
  beforeAll(async () => {
    database = await temporaryDatabase();
    world = await openWorld({
      url: database.url,
      workflows: [new Simple(), new Decorated(), new Flaky(), new Parallel(), new Stubborn()],
    });
    await effectTables(world.dataSource);
  });
  beforeEach(() => void calls.splice(0));
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  it('records each result and ends with what the workflow returned', async () => {
    const handle = await world.workflows.start(Simple, { n: 20 }, { id: 's1' });
    expect(await handle.result()).toBe(41);
    const { run, steps } = await world.inspector.timeline('s1');
    expect(run).toMatchObject({ status: 'succeeded', output: 41, owner: null, wakeAt: null });
    expect(steps.map(({ key, output, seq }) => [key, output, seq])).toEqual([
      ['double#0', 40, 0],
      ['add#0', 41, 1],
    ]);
  });

  it('starts once per id', async () => {
    await world.workflows.start(Decorated, 'a', { id: 'once' });
    const handle = await world.workflows.start(Decorated, 'a', { id: 'once' });
    expect(await handle.result()).toBe('reservation of a');
    expect(calls).toEqual(['reserve a', 'charge a']);
    await expect(world.workflows.start(Simple, { n: 1 }, { id: 'once' })).rejects.toMatchObject({
      code: 'NST_WORKFLOW_ID_TAKEN',
    });
  });

  it('undoes what was done, in reverse order, when a step is refused', async () => {
    const handle = await world.workflows.start(Decorated, 'declined');
    await expect(handle.result()).rejects.toMatchObject({ code: 'NST_WORKFLOW_FAILED', failure: { code: 'DECLINED' } });
    expect(calls).toEqual(['reserve declined', 'charge declined', 'release declined reservation of declined']);
    expect(await handle.status()).toBe('failed');
  });

  it('tries a failed step again as a parked run', async () => {
    const handle = await world.workflows.start(Flaky, undefined, { id: 'flaky' });
    expect(await handle.result()).toBe(4);
    const { run, steps, timers } = await world.inspector.timeline('flaky');
    expect(run.epoch).toBe(4);
    expect(steps).toMatchObject([{ key: 'flaky#0', attempt: 4, output: 4 }]);
    expect(timers).toEqual([]);
  });

  it('tries a compensation with the delays of its step until it succeeds', async () => {
    const handle = await world.workflows.start(Stubborn, undefined);
    await expect(handle.result()).rejects.toMatchObject({ failure: { code: 'REFUSED' } });
    expect(failures).toBe(15);
  });

  it('wants keys for parallel steps of one name', async () => {
    expect(await (await world.workflows.start(Parallel, { keys: true })).result()).toEqual([1, 4, 9]);
    await expect((await world.workflows.start(Parallel, { keys: false })).result()).rejects.toMatchObject({
      failure: { code: 'NST_WORKFLOW_STEP_KEY' },
    });
  });
});
