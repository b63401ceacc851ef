import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pause } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import type { WorkflowContext } from './workflow-context.js';
import { openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

/** What the code of a run is before and after a deployment. */
type Body = (ctx: WorkflowContext) => Promise<unknown>;

@Workflow({ name: 'changing' })
class Changing {
  constructor(private readonly body: Body) {}
  run(ctx: WorkflowContext): Promise<unknown> {
    return this.body(ctx);
  }
}

const step = (name: string) => (ctx: WorkflowContext) => ctx.step(name, () => name);
const [reserve, charge, ship, audit] = ['reserve', 'charge', 'ship', 'audit'].map(step) as [Body, Body, Body, Body];
const wait: Body = (ctx) => ctx.waitForSignal('go');
const sequence =
  (...bodies: readonly Body[]): Body =>
  async (ctx) => {
    for (const body of bodies) await body(ctx);
    return 'done';
  };

describe('a run whose code was changed while it waited', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  beforeAll(async () => void (database = await temporaryDatabase()));
  afterAll(() => database.close());

  const deploy = (body: Body): Promise<World> => openWorld({ url: database.url, workflows: [new Changing(body)] });

  /** Starts a run with the old code, lets it come to its wait, and continues it with the new one. */
  async function change(before: Body, after: Body): Promise<{ world: World; id: string }> {
    const old = await deploy(before);
    const { id } = await old.workflows.start(Changing, undefined);
    while ((await old.workflows.handle(id).status()) !== 'waiting') await pause(5);
    await old.close();
    const world = await deploy(after);
    await world.workflows.handle(id).signal('go');
    return { world, id };
  }

  it.each<[string, Body]>([
    ['inserted before a recorded one', sequence(reserve, audit, charge, wait, ship)],
    ['removed', sequence(reserve, wait, ship)],
    ['renamed', sequence(reserve, audit, wait, ship)],
    ['no longer come to', sequence()],
  ])('is stuck, and says what was expected, when a step was %s', async (_what, after) => {
    const { world, id } = await change(sequence(reserve, charge, wait, ship), after);
    await using _ = world;
    while ((await world.workflows.handle(id).status()) !== 'stuck') await pause(5);
    const { run, steps } = await world.inspector.timeline(id);
    expect(run.problem).toMatchObject({ code: 'NST_WORKFLOW_SEQUENCE_CHANGED' });
    expect(run.problem?.message).toContain('"charge#0"');
    expect(steps.map(({ key }) => key)).toEqual(['reserve#0', 'charge#0']);
  });

  it('goes on when steps were added behind, or after what is recorded', async () => {
    const { world, id } = await change(sequence(reserve, wait, ship), sequence(reserve, wait, audit, ship, charge));
    await using _ = world;
    expect(await world.workflows.handle(id).result()).toBe('done');
  });

  it('goes on when branches come to their steps in another order', async () => {
    const branches: Body = (ctx) =>
      Promise.all([
        ctx.step('slow', () => pause(60)).then(() => ctx.step('after slow', () => 1)),
        ctx.step('quick', () => 1).then(() => ctx.step('after quick', () => 1)),
        wait(ctx),
      ]);
    const { world, id } = await change(branches, branches);
    await using _ = world;
    expect(await world.workflows.handle(id).result()).toHaveLength(3);
  });

  it('goes on once the recorded steps are back and it is retried', async () => {
    const good = sequence(reserve, charge, wait, ship);
    const { world, id } = await change(good, sequence(reserve, wait, ship));
    while ((await world.workflows.handle(id).status()) !== 'stuck') await pause(5);
    await world.close();
    await using mended = await deploy(good);
    expect(await mended.workflows.handle(id).retry()).toBe(true);
    expect(await mended.workflows.handle(id).result()).toBe('done');
    expect(await mended.workflows.handle(id).retry()).toBe(false);
  });
});
