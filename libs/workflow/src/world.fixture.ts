import type { EventContract } from '@nestanza/contracts';
import { silentLog, type Log } from '@nestanza/core';
import { migrate } from '@nestanza/postgres';
import { Kernel } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import type { Messages } from './engine/engine-parts.js';
import { WorkflowEngine, type EngineOptions } from './engine/engine.js';
import { workflowEntities, workflowMigrations } from './entities/entities.js';
import { topicOf } from './event-topic.js';
import { WorkflowInspector } from './inspector.js';
import { OutcomeWatch } from './outcome-watch.js';
import { workflowId } from './decorators/workflow.decorator.js';
import type { WorkflowMethod } from './workflow-class.js';
import { Workflows } from './workflows.js';

/** Messages of a world without a bus: events and direct messages become rows of `sent`, requests go to a function. */
function rowMessages(answer: (body: unknown, key: string) => Promise<unknown>): Messages {
  const put = async (target: string, body: unknown, { tx, id }: Parameters<Messages['publish']>[2]): Promise<void> => {
    await tx.query('insert into sent (id, target, body) values ($1, $2, $3::jsonb)', [
      id,
      target,
      JSON.stringify(body),
    ]);
  };
  return {
    publish: (target, body, options) => put(typeof target === 'string' ? target : target.channel, body, options),
    send: put,
    keyed: (_prefix, work) => work(),
    request: (_contract, body, { key }) => answer(body, key),
  };
}

export interface WorldOptions extends Partial<EngineOptions> {
  readonly url: string;
  readonly workflows: readonly WorkflowMethod<never, unknown>[];
  readonly receives?: readonly EventContract[];
  readonly answer?: (body: unknown, key: string) => Promise<unknown>;
  readonly log?: Log;
}

/** One process's engine on a real database. */
export interface World extends AsyncDisposable {
  readonly kernel: Kernel;
  readonly dataSource: DataSource;
  readonly engine: WorkflowEngine;
  readonly workflows: Workflows;
  readonly inspector: WorkflowInspector;
  /** Ends it as an orderly shutdown does. */
  close(): Promise<void>;
}

/** Tables the tests write effects to; without unique keys, so that a doubled effect shows. */
export async function effectTables(source: DataSource): Promise<void> {
  await source.query(
    'create table if not exists effect (run text, what text, at timestamptz default clock_timestamp())',
  );
  await source.query('create table if not exists sent (id text, target text, body jsonb)');
}

export async function openWorld({
  url,
  workflows: instances,
  answer,
  receives,
  log = silentLog,
  ...options
}: WorldOptions): Promise<World> {
  await migrate(url, workflowMigrations);
  const kernel = await Kernel.open({ url, log });
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities: workflowEntities,
    poolSize: 5,
  }).initialize();
  const messages = rowMessages(answer ?? (() => Promise.reject(new Error('nobody answers'))));
  const engine = new WorkflowEngine({ kernel, dataSource, messages, idOf: workflowId, log, ...options });
  for (const instance of instances) {
    engine.register({
      ...workflowId(instance.constructor as never),
      receives: new Set((receives ?? []).map(topicOf)),
      run: (context, input) => instance.run(context, input as never),
    });
  }
  const outcomes = new OutcomeWatch({ sql: kernel, clock: engine.parts.clock, log });
  engine.onEnd((run) => outcomes.ended(run));
  engine.start();
  const close = async (): Promise<void> => {
    await engine.stop();
    outcomes.close();
    await dataSource.destroy();
    await kernel.close();
  };
  return {
    kernel,
    dataSource,
    engine,
    workflows: new Workflows({ engine, outcomes }),
    inspector: new WorkflowInspector(dataSource),
    close,
    [Symbol.asyncDispose]: close,
  };
}
