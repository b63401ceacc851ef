import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pause } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { Workflow } from '../decorators/workflow.decorator.js';
import { expireOld } from '../store/retention.js';
import type { WorkflowContext } from '../workflow-context.js';
import { openWorld, type World } from '../world.fixture.js';
import { lastTime, missedTimes, nextTime } from './cron.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

@Workflow()
class Report {
  async run(ctx: WorkflowContext, input: { kind: string }): Promise<string> {
    return ctx.step('report', () => input.kind);
  }
}

@Workflow()
class Slow {
  async run(ctx: WorkflowContext): Promise<void> {
    await ctx.waitForSignal('go');
  }
}

const at = (text: string): Date => new Date(text);

describe('the clock', () => {
  it('names moments by the calendar of a time zone', () => {
    const nightly = { cron: '0 3 * * *', timezone: 'Europe/Berlin' };
    expect(nextTime(nightly, at('2026-03-28T12:00:00Z'))).toEqual(at('2026-03-29T01:00:00Z')); // summer time begins
    expect(nextTime(nightly, at('2026-03-27T12:00:00Z'))).toEqual(at('2026-03-28T02:00:00Z'));
    const hourly = { cron: '0 * * * *', timezone: 'UTC' };
    const span = { first: at('2026-01-01T01:00:00Z'), now: at('2026-01-01T04:30:00Z') };
    expect(missedTimes(hourly, span, 10)).toHaveLength(4);
    expect(missedTimes(hourly, span, 2)).toHaveLength(2);
    expect(lastTime(hourly, span)).toEqual(at('2026-01-01T04:00:00Z'));
  });

  it('refuses what names no moment', () => {
    expect(() => nextTime({ cron: 'at night', timezone: 'UTC' }, new Date())).toThrow(
      expect.objectContaining({ code: 'NST_WORKFLOW_CRON' }),
    );
    expect(() => nextTime({ cron: '0 3 * * *', timezone: 'Mars' }, new Date())).toThrow(
      expect.objectContaining({ code: 'NST_WORKFLOW_CRON' }),
    );
  });
});

describe('scheduled runs', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let worlds: World[];
  let world: World;
  beforeAll(async () => {
    database = await temporaryDatabase();
    const open = (): Promise<World> => openWorld({ url: database.url, workflows: [new Report(), new Slow()] });
    worlds = [await open(), await open()];
    world = worlds[0]!;
  });
  afterAll(async () => {
    for (const each of worlds) await each.close();
    await database.close();
  });

  const runsOf = async (workflow: string): Promise<string[]> =>
    (await world.inspector.list({ workflow, limit: 500 })).map(({ id }) => id).sort();

  /** Moves a schedule's next moment into the past, as if nobody had been there. */
  async function miss(name: string, hours: number): Promise<void> {
    await world.dataSource.query(
      `update nestanza.workflow_schedule set next_at = date_trunc('hour', clock_timestamp()) - $2::int * interval '1 hour' where name = $1`,
      [name, hours],
    );
    for (const each of worlds) each.engine.announce();
  }

  it('start once per moment, whatever number of processes', async () => {
    await world.workflows.schedule('every second', Report, { cron: '* * * * * *', input: { kind: 'tick' } });
    while ((await runsOf('Report')).length < 2) await pause(50);
    expect(await world.workflows.unschedule('every second')).toBe(true);
    const [first] = await runsOf('Report');
    expect(first).toMatch(/^every second@.*\.000Z$/);
    expect(await world.workflows.handle(first ?? '').result()).toBe('tick');
    expect(await world.workflows.unschedule('every second')).toBe(false);
  });

  it('make up for the last missed moment, or for all', async () => {
    await world.workflows.schedule('last', Slow, { cron: '0 * * * *' });
    await world.workflows.schedule('all', Slow, { cron: '0 * * * *', catchUp: 'all' });
    await miss('last', 3);
    await miss('all', 3);
    while ((await runsOf('Slow')).length < 5) await pause(20);
    const runs = await runsOf('Slow');
    expect(runs.filter((id) => id.startsWith('last@'))).toHaveLength(1);
    expect(runs.filter((id) => id.startsWith('all@'))).toHaveLength(4);
  });

  it('leave moments out while the last run goes on, where they must not overlap', async () => {
    await world.workflows.schedule('alone', Slow, { cron: '0 * * * *', overlap: false });
    const count = async (): Promise<number> => (await runsOf('Slow')).filter((id) => id.startsWith('alone@')).length;
    await miss('alone', 2);
    while ((await count()) < 1) await pause(20);
    await miss('alone', 1);
    const moved = async (): Promise<boolean> => {
      const [row] = await world.dataSource.query(
        `select next_at > clock_timestamp() as moved from nestanza.workflow_schedule where name = 'alone'`,
      );
      return row.moved;
    };
    while (!(await moved())) await pause(20);
    expect(await count()).toBe(1);
  });

  it('are deleted when they have been kept long enough after their end, and no other runs are', async () => {
    const open = (await runsOf('Slow')).length;
    await world.dataSource.query(
      `update nestanza.workflow_run set ended_at = ended_at - interval '1 day' where ended_at is not null`,
    );
    expect(await expireOld(world.kernel, 3_600_000)).toBeGreaterThan(0);
    expect(await runsOf('Report')).toEqual([]);
    expect(await runsOf('Slow')).toHaveLength(open);
    expect(await world.dataSource.query(`select * from nestanza.workflow_step where key = 'report#0'`)).toEqual([]);
  });
});
