import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bus } from '@nestanza/bus';
import { BUS_SERVICE } from '@nestanza/bus/internal';
import { event } from '@nestanza/contracts';
import { DELIVERY_DATA_SOURCE, KERNEL } from '@nestanza/delivery/internal';
import { Kernel, temporaryDatabase } from '@nestanza/postgres/internal';
import { Injectable, Module, Scope, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import {
  RUN_STATUSES,
  StepRecord,
  Workflow,
  workflowEntities,
  WorkflowInspector,
  WorkflowModule,
  WorkflowRun,
  Workflows,
  type WorkflowContext,
} from './index.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

const Greeted = event('pubsub:greetings', { type: 'greeted.v1' });

@Injectable()
class Greeter {
  greet(name: string): string {
    return `Hello ${name}`;
  }
}

@Workflow()
class Greet {
  constructor(private readonly greeter: Greeter) {}

  async run(ctx: WorkflowContext, name: string): Promise<string> {
    const text = await ctx.step('greet', () => this.greeter.greet(name));
    await ctx.publish(Greeted, { text });
    return text;
  }
}

/** Remembers what it was asked to publish. */
class RecordingBus {
  readonly published: unknown[] = [];

  publish(contract: { type: string }, body: unknown, { id, tx }: { id: string; tx: object }): Promise<void> {
    this.published.push([contract.type, body, id, tx !== undefined]);
    return Promise.resolve();
  }
}

describe('WorkflowModule', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let kernel: Kernel;
  let source: DataSource;
  beforeAll(async () => {
    database = await temporaryDatabase();
    kernel = await Kernel.open({ url: database.url });
    source = await new DataSource({ type: 'postgres', url: database.url, entities: workflowEntities }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await kernel.close();
    await database.close();
  });

  async function application(...providers: Type[]): Promise<{ module: TestingModule; bus: RecordingBus }> {
    const bus = new RecordingBus();
    @Module({
      providers: [
        { provide: Bus, useValue: bus },
        { provide: BUS_SERVICE, useValue: 'greeter' },
        { provide: KERNEL, useValue: kernel },
        { provide: DELIVERY_DATA_SOURCE, useValue: source },
      ],
      exports: [Bus, BUS_SERVICE, KERNEL, DELIVERY_DATA_SOURCE],
    })
    class Below {}
    const module = await Test.createTestingModule({
      imports: [{ module: Below, global: true }, WorkflowModule.forRoot()],
      providers: [Greeter, ...providers],
    }).compile();
    return { module, bus };
  }

  it('runs the workflows among the providers, with what is injected into them', async () => {
    const { module, bus } = await application(Greet);
    await module.init();
    const run = await module.get(Workflows).start(Greet, 'Ada', { id: 'ada' });
    expect(await run.result()).toBe('Hello Ada');
    expect(bus.published).toEqual([['greeted.v1', { text: 'Hello Ada' }, 'ada:publish greeted.v1#0', true]]);
    expect(await module.get(WorkflowInspector).list({ workflow: 'Greet' })).toMatchObject([{ id: 'ada', epoch: 1 }]);
    await module.close();
  });

  it('keeps runs in tables that are the exported entities, column by column', async () => {
    const log = await source.driver.createSchemaBuilder().log();
    expect(log.upQueries).toEqual([]);
    const run = await source.getRepository(WorkflowRun).findOneByOrFail({ id: 'ada' });
    expect(run).toMatchObject({ workflow: 'Greet', status: 'succeeded', input: 'Ada', output: 'Hello Ada' });
    expect(RUN_STATUSES).toContain(run.status);
    const steps = await source.getRepository(StepRecord).find({ where: { runId: 'ada' }, order: { seq: 'ASC' } });
    expect(steps.map(({ key, kind }) => [key, kind])).toEqual([
      ['greet#0', 'step'],
      ['publish greeted.v1#0', 'publish'],
    ]);
  });

  it('refuses to start with two workflows of one name', async () => {
    @Workflow({ name: 'Greet' })
    class Other {
      run(): Promise<void> {
        return Promise.resolve();
      }
    }
    const { module } = await application(Greet, Other);
    await expect(module.init()).rejects.toMatchObject({ code: 'NST_WORKFLOW_STARTUP' });
  });

  it('refuses to start with a workflow that lives as long as a request', async () => {
    @Workflow()
    @Injectable({ scope: Scope.REQUEST })
    class Passing {
      run(): Promise<void> {
        return Promise.resolve();
      }
    }
    const { module } = await application(Passing);
    await expect(module.init()).rejects.toMatchObject({ code: 'NST_WORKFLOW_STARTUP' });
  });
});
