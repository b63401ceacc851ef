import type { Duration } from '@nestanza/core';

/** Options of `WorkflowModule.forRoot`. */
export interface WorkflowModuleOptions {
  /** Runs in this process's memory at a time; more wait as rows. Default 200. */
  readonly concurrency?: number;
  /** How long ended runs, their steps and signals are kept. Default `'30d'`; `'forever'`: they are never deleted. */
  readonly retain?: Duration | 'forever';
  /** How long events that workflows receive are kept for runs that come to wait for them. Default `'1d'`. */
  readonly keepEvents?: Duration;
  /** How long a shutdown waits for running steps. Default `'10s'`. */
  readonly drain?: Duration;
}

/** Those of the module itself; the engine's are `ENGINE_DEFAULTS`. */
export const WORKFLOW_DEFAULTS = { keepEvents: '1d', retain: '30d' } as const satisfies WorkflowModuleOptions;
