import { AsyncLocalStorage } from 'node:async_hooks';
import { uniqueId } from '@nestanza/core';

interface KeyScope {
  readonly prefix: string;
  readonly counts: Map<string, number>;
}

const storage = new AsyncLocalStorage<KeyScope>();

/**
 * Runs `work`, in which the idempotency keys of calls derive from `prefix`: the same work run again under the same
 * prefix makes the same keys, as long as it calls each method in the same order.
 */
export function withCallKeys<T>(prefix: string, work: () => T): T {
  return storage.run({ prefix, counts: new Map() }, work);
}

/** The key of a call made now: derived inside a handler or step, new elsewhere. */
export function nextCallKey(method: string): string {
  const scope = storage.getStore();
  if (scope === undefined) return uniqueId();
  const ordinal = (scope.counts.get(method) ?? 0) + 1;
  scope.counts.set(method, ordinal);
  return `${scope.prefix}/${method}/${ordinal}`;
}
