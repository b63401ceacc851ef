import type { ModulesContainer } from '@nestjs/core';
import { type ConfigLookup, environmentLookup } from './placeholders.js';

/** What is used of @nestjs/config's ConfigService. The package is optional, so its service is found by name. */
interface ConfigServiceLike {
  get(key: string): unknown;
}

/** Looks keys up in the application's ConfigService where there is one, then in the environment. */
export function configLookup(
  modules: ModulesContainer,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigLookup {
  const fromEnvironment = environmentLookup(environment);
  const service = findConfigService(modules);
  return (key) => service?.get(key) ?? fromEnvironment(key);
}

function findConfigService(modules: ModulesContainer): ConfigServiceLike | undefined {
  for (const { providers } of modules.values()) {
    for (const [token, { instance }] of providers) {
      if (typeof token === 'function' && token.name === 'ConfigService' && isConfigService(instance)) return instance;
    }
  }
  return undefined;
}

function isConfigService(instance: unknown): instance is ConfigServiceLike {
  return typeof instance === 'object' && instance !== null && 'get' in instance && typeof instance.get === 'function';
}
