import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunContext } from './run-context.js';

/** Where the running code stands: between the steps of a workflow, or in one of them. */
export type CurrentRun = { readonly inStep: true } | { readonly inStep: false; readonly context: RunContext };

const storage = new AsyncLocalStorage<CurrentRun>();

/** `undefined` outside of workflows. */
export function currentRun(): CurrentRun | undefined {
  return storage.getStore();
}

export function runWithin<T>(run: CurrentRun, work: () => T): T {
  return storage.run(run, work);
}
