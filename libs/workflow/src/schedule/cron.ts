import { NestanzaError } from '@nestanza/core';
import { CronExpressionParser } from 'cron-parser';

/** A moment by the calendar. */
export interface CronTime {
  /** Five fields, or six with seconds first: `0 3 * * *`. */
  readonly cron: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
}

function parse({ cron, timezone }: CronTime, from: Date) {
  try {
    const times = CronExpressionParser.parse(cron, { currentDate: from, tz: timezone });
    times.hasNext(); // the time zone is looked up here
    return times;
  } catch (cause) {
    throw new NestanzaError('NST_WORKFLOW_CRON', `"${cron}" in "${timezone}" names no times.`, {
      cause,
      facts: { cron, timezone },
    });
  }
}

/**
 * The first moment after `after`.
 * @throws NestanzaError `NST_WORKFLOW_CRON`
 */
export function nextTime(time: CronTime, after: Date): Date {
  return parse(time, after).next().toDate();
}

/**
 * The moments from `first`, which is one of them, up to `now`: all, or the last alone.
 * @param most - of them
 */
export function missedTimes(time: CronTime, { first, now }: { first: Date; now: Date }, most: number): Date[] {
  const missed = [first];
  const times = parse(time, first);
  for (let next = times.next().toDate(); next <= now && missed.length < most; next = times.next().toDate()) {
    missed.push(next);
  }
  return missed;
}

/** The last moment up to `now`, at or after `first`, which is one. */
export function lastTime(time: CronTime, { first, now }: { first: Date; now: Date }): Date {
  const before = parse(time, new Date(now.getTime() + 1))
    .prev()
    .toDate();
  return before > first ? before : first;
}
