import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { migrate } from '@nestanza/postgres';
import { Kernel, temporaryDatabase } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import { EFFECT_TABLES } from '../fixtures/journey.mjs';
import { workflowMigrations } from './entities/entities.js';
import { journeyEngine } from './journey.fixture.js';
import { OutcomeWatch } from './outcome-watch.js';
import { WorkflowHandle } from './workflow-handle.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

const WORKER = fileURLToPath(new URL('../fixtures/worker.mjs', import.meta.url));
const LEASE = { duration: 1_000, heartbeat: 300 };

/** Where a process is stopped: outside of any transaction, inside one, and right before it parks or ends. */
const POINTS = [
  { point: 'workflow.step.effect', hit: 1 },
  { point: 'workflow.transaction.effect', hit: 1 },
  { point: 'workflow.transaction.effect', hit: 2 },
  { point: 'workflow.parking', hit: 1 },
  { point: 'workflow.ending', hit: 1 },
];

describe('a process that is stopped past its lease', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let source: DataSource;
  beforeAll(async () => {
    database = await temporaryDatabase();
    await migrate(database.url, workflowMigrations);
    await (await Kernel.open({ url: database.url })).close(); // its own tables
    source = await new DataSource({ type: 'postgres', url: database.url, poolSize: 5 }).initialize();
    for (const table of EFFECT_TABLES) await source.query(table);
  });
  afterAll(async () => {
    await source.destroy();
    await database.close();
  });

  /** All that was ever written, but for the bank's effects outside, which a step may repeat. */
  const written = (): Promise<unknown> =>
    Promise.all([
      source.query('select id, status, epoch, output from nestanza.workflow_run order by id'),
      source.query('select * from nestanza.workflow_step order by run_id, key'),
      source.query('select run, what from effect where key is null order by run, what'),
      source.query('select id from sent order by id'),
    ]);

  it('writes nothing for the runs that others have taken over', async () => {
    const stopped = POINTS.map((crash) => {
      const run = `stopped at ${crash.point} ${crash.hit}`;
      const work = {
        url: database.url,
        workflow: run,
        run,
        input: {},
        lease: LEASE,
        crash: { ...crash, signal: 'SIGSTOP' },
      };
      return { run, child: fork(WORKER, [JSON.stringify(work)], { execArgv: [] }) };
    });
    try {
      for (const { run } of stopped) {
        const signal = `insert into nestanza.workflow_signal (run_id, name, message_id) values ($1, 'go', 'go')`;
        await source.query(signal, [run]);
      }
      await Promise.all(stopped.map(({ child }) => once(child, 'message'))); // each says so right before

      const kernel = await Kernel.open({ url: database.url });
      const engine = journeyEngine(
        kernel,
        source,
        stopped.map(({ run }) => run),
      );
      const outcomes = new OutcomeWatch({ sql: kernel, clock: engine.parts.clock, log: silentLog });
      engine.start();
      await Promise.all(stopped.map(({ run }) => new WorkflowHandle(run, { engine, outcomes }).result()));
      const before = await written();

      for (const { child } of stopped) child.kill('SIGCONT');
      await Promise.all(
        stopped.map(async ({ child }) => {
          const ended = once(child, 'exit');
          child.send('end');
          expect(await ended).toEqual([0, null]); // it noticed, and went on living
        }),
      );
      expect(await written()).toEqual(before);
      const inside: { run: string; n: string }[] = await source.query(
        'select run, count(*) n from effect where key is null and run = any($1) group by run',
        [stopped.map(({ run }) => run)],
      );
      expect(new Set(inside.map(({ n }) => n))).toEqual(new Set(['2'])); // charge and right, each once
      await engine.stop();
      outcomes.close();
      await kernel.close();
    } finally {
      for (const { child } of stopped) child.kill('SIGKILL');
    }
  });
});
