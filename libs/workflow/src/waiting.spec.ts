import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pause } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import type { RunStatus } from './run-status.js';
import type { WorkflowContext } from './workflow-context.js';
import type { WorkflowHandle } from './workflow-handle.js';
import { effectTables, openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

@Workflow()
class Sleeper {
  async run(ctx: WorkflowContext, { time }: { time: number }): Promise<string> {
    await ctx.sleep(time);
    return ctx.step('wake', () => 'awake');
  }
}

@Workflow()
class Listener {
  async run(ctx: WorkflowContext, { count, timeout }: { count: number; timeout?: number }): Promise<unknown[]> {
    const heard: unknown[] = [];
    for (let n = 0; n < count; n++) {
      heard.push(
        timeout === undefined ? await ctx.waitForSignal('said') : await ctx.waitForSignal('said', { timeout }),
      );
    }
    return heard;
  }
}

@Workflow()
class Caller {
  async run(ctx: WorkflowContext, { run }: { run: string }): Promise<void> {
    await ctx.signal(run, 'said', { payload: { by: ctx.id } });
  }
}

const undone: string[] = [];
let release: () => void = () => undefined;

@Workflow()
class Undoable {
  async run(ctx: WorkflowContext, { at }: { at: 'sleep' | 'step' }): Promise<void> {
    await ctx.step('first', () => 1, { compensate: (result) => undone.push(`first ${result}`) });
    await ctx.step('second', () => 2, { compensate: (result) => undone.push(`second ${result}`) });
    if (at === 'sleep') await ctx.sleep('30d');
    await ctx.step(
      'third',
      ({ signal }) =>
        new Promise<number>((resolve, reject) => {
          release = () => resolve(3);
          signal.addEventListener('abort', () => reject(new Error('asked to stop')));
        }),
      { compensate: (result) => undone.push(`third ${result}`) },
    );
    await ctx.step('never', () => undone.push('never'));
  }
}

async function becomes(handle: WorkflowHandle, status: RunStatus): Promise<void> {
  for (let patience = 3_000; patience > 0; patience--) {
    if ((await handle.status().catch(() => undefined)) === status) return;
    await pause(10);
  }
  throw new Error(`the run ${handle.id} is ${await handle.status()}, not ${status}`);
}

describe('waiting', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let world: World;
  const open = (): Promise<World> =>
    openWorld({
      url: database.url,
      workflows: [new Sleeper(), new Listener(), new Undoable(), new Caller()],
    });
  beforeAll(async () => {
    database = await temporaryDatabase();
    world = await open();
    await effectTables(world.dataSource);
  });
  afterEach(() => void undone.splice(0));
  afterAll(async () => {
    await world.close();
    await database.close();
  });

  it('parks a sleeping run as rows alone, and another process wakes it', async () => {
    const first = await open();
    const handle = await first.workflows.start(Sleeper, { time: 400 }, { id: 'sleeper' });
    await becomes(handle, 'waiting');
    await first.close();
    const { run, timers } = await world.inspector.timeline('sleeper');
    expect(run).toMatchObject({ owner: null, waitingFor: 'sleep' });
    expect(timers).toMatchObject([{ key: 'sleep#0' }]);
    expect(await world.workflows.handle('sleeper').result()).toBe('awake');
    expect((await world.inspector.timeline('sleeper')).timers).toEqual([]);
  });

  it('takes signals in the order of their arrival, each once', async () => {
    const handle = await world.workflows.start(Listener, { count: 3 });
    await handle.signal('said', 'one', { id: '1' });
    await becomes(handle, 'waiting');
    await handle.signal('unheard', 'x');
    await handle.signal('said', 'two', { id: '2' });
    await handle.signal('said', 'two again', { id: '2' });
    await handle.signal('said');
    expect(await handle.result()).toEqual(['one', 'two', null]);
    await expect(handle.signal('said')).rejects.toMatchObject({ code: 'NST_WORKFLOW_RUN_ENDED' });
  });

  it('keeps a signal for a run that is not started yet', async () => {
    const handle = world.workflows.handle('unborn');
    await handle.signal('said', 'early');
    await world.workflows.start(Listener, { count: 1 }, { id: 'unborn' });
    expect(await handle.result()).toEqual(['early']);
  });

  it('ends a wait at its timeout', async () => {
    const handle = await world.workflows.start(Listener, { count: 1, timeout: 50 });
    expect(await handle.result()).toEqual([null]);
  });

  it('loses no wake-up when signals and waits race', async () => {
    const runs = Array.from({ length: 150 }, (_, index) => `race ${index}`);
    await Promise.all(
      runs.map(async (id, index) => {
        const signals = async (): Promise<void> => {
          for (let n = 0; n < 3; n++) await world.workflows.handle(id).signal('said', n);
        };
        const started = world.workflows.start(Listener, { count: 3 }, { id });
        if (index % 3 === 0) await started;
        await signals();
        await started;
      }),
    );
    const heard = await Promise.all(runs.map((id) => world.workflows.handle(id).result()));
    expect(new Set(heard.map(String))).toEqual(new Set(['0,1,2']));
  });

  it('lets two runs signal each other', async () => {
    const listener = await world.workflows.start(Listener, { count: 1 });
    await world.workflows.start(Caller, { run: listener.id }, { id: 'caller' });
    expect(await listener.result()).toEqual([{ by: 'caller' }]);
  });

  it('starts with the transaction around it, or not at all', async () => {
    await runInTransaction(world.dataSource, async () => {
      await world.workflows.start(Listener, { count: 1, timeout: 10 }, { id: 'committed' });
    });
    expect(await world.workflows.handle('committed').result()).toEqual([null]);
    await expect(
      runInTransaction(world.dataSource, async () => {
        await world.workflows.start(Listener, { count: 1 }, { id: 'rolled back' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(world.workflows.handle('rolled back').status()).rejects.toMatchObject({
      code: 'NST_WORKFLOW_UNKNOWN_RUN',
    });
  });

  it('undoes a cancelled run that waits', async () => {
    const handle = await world.workflows.start(Undoable, { at: 'sleep' });
    await becomes(handle, 'waiting');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: 'NST_WORKFLOW_CANCELLED' });
    expect(undone).toEqual(['second 2', 'first 1']);
  });

  it('asks a running step to end, and undoes it as one of unknown outcome', async () => {
    const handle = await world.workflows.start(Undoable, { at: 'step' });
    while ((await world.inspector.timeline(handle.id)).steps.length < 2) await pause(5);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: 'NST_WORKFLOW_CANCELLED' });
    expect(undone).toEqual(['third undefined', 'second 2', 'first 1']);
    release();
  });

  it('fails and undoes a run at its deadline', async () => {
    const handle = await world.workflows.start(Undoable, { at: 'sleep' }, { deadline: 300 });
    await expect(handle.result()).rejects.toMatchObject({ failure: { code: 'NST_WORKFLOW_DEADLINE' } });
    expect(undone).toEqual(['second 2', 'first 1']);
  });

  it('hands runs back when it stops, and another process goes on', async () => {
    const first = await open();
    await world.engine.stop();
    const handle = await first.workflows.start(Undoable, { at: 'step' });
    while ((await first.inspector.timeline(handle.id)).steps.length < 2) await pause(5);
    const closing = first.close();
    release();
    await closing;
    expect(undone).toEqual([]);
    world.engine.start();
    await expect(handle.result()).rejects.toMatchObject({ code: 'NST_WORKFLOW_STOPPED' });
    await expect(world.workflows.handle(handle.id).result()).resolves.toBeUndefined();
    expect(undone).toEqual(['never']);
  });
});
