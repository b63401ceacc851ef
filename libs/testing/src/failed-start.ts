import { pause } from '@nestanza/core';
import type { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/internal';

/** Milliseconds in which whatever is still being made, when a start fails, may come to its end. */
const PATIENCE = 5_000;
const INTERVAL = 10;

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

type Hooks = Partial<Record<(typeof HOOKS)[number], () => unknown>>;

/**
 * Ends an application whose start has failed in the middle: Nest leaves what was made until then as it is, and goes on
 * making the rest. Calls the hooks of shutdown of whatever there is, once nothing is being made any more.
 * @throws AggregateError with what the hooks failed with
 */
export async function endFailedStart(modules: ModulesContainer): Promise<void> {
  const end = performance.now() + PATIENCE;
  const hosts = () =>
    [...modules.values()]
      .flatMap(({ providers }) => [...providers.values()])
      .filter(({ isAlias, isTransient }) => !isAlias && !isTransient)
      .map((wrapper) => wrapper.getInstanceByContextId(STATIC_CONTEXT));
  while (hosts().some(({ isPending, isResolved }) => isPending && !isResolved) && performance.now() < end)
    await pause(INTERVAL);
  const made = hosts()
    .filter(({ isResolved }) => isResolved)
    .map(({ instance }) => instance as unknown)
    .filter((instance): instance is Hooks => typeof instance === 'object' && instance !== null);
  const errors: unknown[] = [];
  for (const hook of HOOKS) {
    for (const instance of new Set(made)) {
      try {
        await instance[hook]?.();
      } catch (error) {
        errors.push(error);
      }
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'What had been started could not all be ended.');
}
