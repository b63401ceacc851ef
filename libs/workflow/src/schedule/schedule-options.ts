/** When a workflow is started by the clock. */
export interface ScheduleOptions<Input = unknown> {
  /** Five fields, or six with seconds first: `0 3 * * *` is every night at three. */
  readonly cron: string;
  /** IANA name. Default `'UTC'`. */
  readonly timezone?: string;
  /** Of each run. */
  readonly input?: Input;
  /** What becomes of moments that no process was there for: the last one is made up for, or all (at most 100). Default `'last'`. */
  readonly catchUp?: 'last' | 'all';
  /** `false`: no run starts while the last one has not ended; its moment is left out. Default `true`. */
  readonly overlap?: boolean;
}

export const SCHEDULE_DEFAULTS = { timezone: 'UTC', catchUp: 'last', overlap: true } as const;

/** Moments that are made up for at once. */
export const CATCH_UP_LIMIT = 100;
