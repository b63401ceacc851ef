import { faultPoint } from '@nestanza/core';
import { dueSchedule, moveSchedule, type DueSchedule } from '../store/schedule.js';
import { startInTransaction } from '../store/start.js';
import type { EngineParts } from '../engine/engine-parts.js';
import { lastTime, missedTimes, nextTime } from './cron.js';
import { CATCH_UP_LIMIT } from './schedule-options.js';

const fired = faultPoint('workflow.schedule.fired');

/** Schedules that are looked at in one sweep. */
const LIMIT = 100;

/** The moments for which a schedule starts runs now. */
function momentsOf({ cron, timezone, catchUp, overlap, busy, nextAt: first, now }: DueSchedule): Date[] {
  if (!overlap && busy) return [];
  const time = { cron, timezone };
  if (catchUp === 'last' || !overlap) return [lastTime(time, { first, now })];
  return missedTimes(time, { first, now }, CATCH_UP_LIMIT);
}

/**
 * Starts the runs of all schedules whose moment has come, each moment once: its run is named after it, and made in the
 * transaction that moves the schedule on. Answers how many were started.
 */
export async function fireSchedules(
  { dataSource }: Pick<EngineParts, 'dataSource'>,
  workflows: readonly string[],
): Promise<number> {
  let started = 0;
  for (let count = 0; count < LIMIT; count++) {
    const runs = await dataSource.transaction(async (tx) => {
      const due = await dueSchedule(tx, workflows);
      if (due === undefined) return undefined;
      const ids = momentsOf(due).map((moment) => `${due.name}@${moment.toISOString()}`);
      const { workflow, version, input } = due;
      for (const id of ids) {
        await startInTransaction(tx, { id, workflow, version, input, deadline: null, parent: null, attributes: null });
      }
      const after = due.now > due.nextAt ? due.now : due.nextAt;
      await moveSchedule(tx, due.name, { nextAt: nextTime(due, after), lastRun: ids.at(-1) });
      await fired();
      return ids.length;
    });
    if (runs === undefined) return started;
    started += runs;
  }
  return started;
}
