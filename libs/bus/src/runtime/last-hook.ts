import type { ModulesContainer } from '@nestjs/core';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

/** What is to run around the lifecycle of the whole application. */
export interface OuterHooks {
  /** After the last `onApplicationBootstrap` of the application; its failure fails the start. */
  readonly afterBootstrap: () => Promise<void>;
  /** Before the modules below the root are destroyed. */
  readonly beforeDestroy: () => Promise<void>;
}

/**
 * Runs hooks after all others. Nest calls modules in order of their distance from the root, the root last, and has no
 * hook behind that; so the hooks of the last module's instance are extended. Destruction goes the other way round.
 */
export function aroundApplication(modules: ModulesContainer, { afterBootstrap, beforeDestroy }: OuterHooks): void {
  // The same stable order as in NestApplicationContext.getModulesToTriggerHooksOn().
  const last = [...modules.values()].sort((a, b) => b.distance - a.distance).at(-1)!;
  const instance = last.instance as Partial<OnApplicationBootstrap & OnModuleDestroy>;
  const bootstrap = instance.onApplicationBootstrap?.bind(instance);
  const destroy = instance.onModuleDestroy?.bind(instance);
  instance.onApplicationBootstrap = async () => {
    await bootstrap?.();
    await afterBootstrap();
  };
  instance.onModuleDestroy = async () => {
    await beforeDestroy();
    await destroy?.();
  };
}
