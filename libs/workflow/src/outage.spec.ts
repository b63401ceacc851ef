import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pause } from '@nestanza/core';
import { guardPool, temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from './decorators/workflow.decorator.js';
import type { WorkflowContext } from './workflow-context.js';
import { effectTables, openWorld, type World } from './world.fixture.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

@Workflow()
class Counting {
  async run(ctx: WorkflowContext): Promise<number> {
    let sum = 0;
    for (let n = 1; n <= 4; n++) {
      sum += await ctx.step('add', ({ tx }) => count(tx, ctx.id, n), { transaction: true, retry: { delay: 20 } });
      await ctx.sleep(10);
      sum += await ctx.step('double', () => n, { retry: { delay: 20 } });
    }
    return sum;
  }
}

async function count(
  tx: { query(sql: string, values: unknown[]): Promise<unknown> },
  run: string,
  n: number,
): Promise<number> {
  await tx.query('insert into effect (run, what) values ($1, $2)', [run, `${n}`]);
  return n;
}

const RUNS = 40;
const CUTS = 6;

describe('a database that cuts every connection again and again', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let observer: World;
  const worlds: World[] = [];
  beforeAll(async () => {
    database = await temporaryDatabase();
    observer = await openWorld({ url: database.url, workflows: [] });
    await effectTables(observer.dataSource);
    for (let n = 0; n < 2; n++) worlds.push(await openWorld({ url: database.url, workflows: [new Counting()] }));
    for (const { dataSource } of [observer, ...worlds]) guardPool(dataSource);
  });
  afterAll(async () => {
    for (const world of [...worlds, observer]) await world.close();
    await database.close();
  });

  /** Ends every other session of the database: committed or not, nobody is told. */
  async function cut(): Promise<void> {
    await observer.dataSource.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }

  it('loses no run, and doubles no effect of a transaction', async () => {
    const ids = Array.from({ length: RUNS }, (_, index) => `run ${index}`);
    for (const [index, id] of ids.entries()) await worlds[index % 2]!.workflows.start(Counting, undefined, { id });
    const ended = async (): Promise<number> => {
      const sql = `select count(*)::integer n from nestanza.workflow_run where status = 'succeeded' and output = '20'`;
      // Its own connection may have been cut before: the next look tells.
      const rows: { n: number }[] = await observer.dataSource.query(sql).catch(() => []);
      return rows[0]?.n ?? 0;
    };
    for (let n = 0; n < CUTS; n++) {
      const before = await ended();
      await cut();
      // The next cut comes when some have gone on, in the middle of what others do.
      while ((await ended()) <= Math.min(before + 2, RUNS - 1)) await pause(20);
    }
    while ((await ended()) < RUNS) await pause(50);
    const effects: { n: number }[] = await observer.dataSource.query(
      'select count(*)::integer n from effect group by run, what having count(*) <> 1',
    );
    expect(effects).toEqual([]);
    expect(await observer.dataSource.query('select count(*)::integer n from effect')).toEqual([{ n: RUNS * 4 }]);
  });
});
