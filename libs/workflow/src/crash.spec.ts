import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { migrate } from '@nestanza/postgres';
import { Kernel, temporaryDatabase } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import { EFFECT_TABLES } from '../fixtures/journey.mjs';
import { workflowMigrations } from './entities/entities.js';
import { journeyEngine } from './journey.fixture.js';
import { WorkflowInspector } from './inspector.js';
import { OutcomeWatch } from './outcome-watch.js';
import { WorkflowHandle } from './workflow-handle.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

interface Point {
  readonly point: string;
  readonly hit: number;
}

interface Work {
  readonly workflow: string;
  readonly run: string;
  readonly input: { readonly refused: boolean };
  readonly crash?: Point & { readonly signal: 'SIGKILL' };
}

/** Everything by which two runs can be told apart, but for times, epochs and their ids. */
interface Story {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly steps: unknown;
  readonly inside: unknown;
  readonly outside: unknown;
  readonly sent: unknown;
}

const WORKER = fileURLToPath(new URL('../fixtures/worker.mjs', import.meta.url));
const AT_ONCE = 4;

describe('a workflow whose process is killed', () => {
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

  /** Runs a worker until it ends, and answers the fault points it hit. */
  function worker(work: Work): Promise<Point[]> {
    const hits: Point[] = [];
    return new Promise((resolve, reject) => {
      const child = fork(WORKER, [JSON.stringify({ ...work, url: database.url })], { execArgv: [] });
      child.on('message', (hit: Point) => hits.push(hit));
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (code === 0 || (signal === 'SIGKILL' && work.crash !== undefined)) resolve(hits);
        else reject(new Error(`the worker of ${work.run} ended with ${code ?? signal}`));
      });
    });
  }

  async function signal(run: string): Promise<void> {
    await source.query(
      `insert into nestanza.workflow_signal (run_id, name, message_id, payload) values ($1, 'go', 'go', '"went"')`,
      [run],
    );
  }

  async function story(run: string): Promise<Story> {
    const { run: row, steps } = await new WorkflowInspector(source).timeline(run);
    const own = (text: unknown): unknown => JSON.parse(JSON.stringify(text ?? null).replaceAll(run, '<run>'));
    const rows = async (sql: string): Promise<unknown> => own(await source.query(sql, [run]));
    return {
      status: row.status,
      output: own(row.output),
      error: row.error?.code,
      steps: own(
        steps
          .map(({ key, kind, output, error }) => [key, kind, output, error?.code])
          .sort(([a], [b]) => String(a).localeCompare(String(b))),
      ),
      inside: await rows(
        `select what from effect where run in ($1, $1 || '/child ' || $1 || ' child#0') and key is null order by what`,
      ),
      // Effects outside may be repeated, under the same key: what counts is that no other key was ever used.
      outside: await rows(
        'select distinct what, key from effect where run = $1 and key is not null order by what, key',
      ),
      sent: await rows(`select id, target, body from sent where id like $1 || ':%'`),
    };
  }

  /** Lets a live process end what the dead ones began. */
  async function recover(works: readonly Work[]): Promise<void> {
    const kernel = await Kernel.open({ url: database.url });
    const engine = journeyEngine(
      kernel,
      source,
      works.map(({ workflow }) => workflow),
    );
    const outcomes = new OutcomeWatch({ sql: kernel, clock: engine.parts.clock, log: silentLog });
    engine.onEnd((run) => outcomes.ended(run));
    engine.start();
    const ends = works.map(({ run }) => new WorkflowHandle(run, { engine, outcomes }).result());
    await Promise.allSettled(ends);
    await engine.stop();
    outcomes.close();
    await kernel.close();
  }

  it.each([
    ['that succeeds', false],
    ['that is compensated', true],
  ])(
    '%s ends as the uninterrupted one does, whatever point it died at',
    async (name, refused) => {
      const input = { refused };
      const calm = { workflow: `calm ${name}`, run: `calm ${name}`, input };
      await signal(calm.run);
      const points = await worker(calm);
      const expected = await story(calm.run);
      expect(expected.status).toBe(refused ? 'failed' : 'succeeded');

      const works = points.map((crash, index) => {
        const id = `${name} ${index}: ${crash.point} ${crash.hit}`;
        return { workflow: id, run: id, input, crash: { ...crash, signal: 'SIGKILL' as const } };
      });
      for (const { run } of works) await signal(run);
      const queue = [...works];
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let work = queue.shift(); work !== undefined; work = queue.shift()) await worker(work);
        }),
      );
      await recover(works);
      for (const { run } of works) expect([run, await story(run)]).toEqual([run, expected]);
    },
    300_000,
  );
});
