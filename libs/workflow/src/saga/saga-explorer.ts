import { NestanzaError } from '@nestanza/core';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { SagaDefinition, SagaHandler } from './saga-definition.js';
import { SagaHandlerMetadata, SagaMetadata, type SagaHandlerDeclaration } from './saga.decorators.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** How long a message that comes too early is kept, unless the saga says otherwise. */
const DEFAULT_KEEP = '7d';

function refuse(saga: string, why: string): never {
  throw new NestanzaError('NST_WORKFLOW_STARTUP', `The saga "${saga}" cannot run: ${why}.`, { facts: { saga } });
}

/**
 * The sagas among the application's providers. May be asked before these are instantiated.
 * @throws NestanzaError `NST_WORKFLOW_STARTUP` for a saga that cannot work as it is declared
 */
export function exploreSagas(discovery: DiscoveryService): SagaDefinition[] {
  const sagas = new Map<string, SagaDefinition>();
  const classes = new Map<string, unknown>();
  for (const wrapper of discovery.getProviders()) {
    const declaration = discovery.getMetadataByDecorator(SagaMetadata, wrapper);
    if (declaration === undefined) continue;
    const { entity, options } = declaration;
    if (classes.get(options.name) === wrapper.metatype) continue; // one class, provided by two modules
    if (sagas.has(options.name)) refuse(options.name, 'two classes have this name, give one of them { name }');
    classes.set(options.name, wrapper.metatype);
    sagas.set(options.name, {
      name: options.name,
      entity,
      key: options.key,
      state: options.state,
      keep: options.keep ?? DEFAULT_KEEP,
      handlers: checked(options.name, handlersOf(wrapper)),
    });
  }
  return [...sagas.values()];
}

function handlersOf(wrapper: Wrapper): SagaHandler[] {
  const prototype = wrapper.metatype?.prototype as object | undefined;
  if (prototype === undefined) return [];
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((method) => {
    const callback = (prototype as Record<string, object>)[method];
    const declarations: readonly SagaHandlerDeclaration[] =
      callback === undefined ? [] : (Reflect.getMetadata(SagaHandlerMetadata.KEY, callback) ?? []);
    return declarations.map((declaration): SagaHandler => ({
      ...declaration,
      place: `${wrapper.name}.${method}`,
      handle: (instance, body, context) => {
        const target = wrapper.instance as Record<string, (...args: unknown[]) => unknown>;
        return declaration.kind === 'timeout'
          ? target[method]?.(instance, context)
          : target[method]?.(instance, body, context);
      },
    }));
  });
}

function checked(saga: string, handlers: readonly SagaHandler[]): readonly SagaHandler[] {
  if (!handlers.some(({ kind }) => kind === 'start')) refuse(saga, 'no method is @StartedBy, so it would never begin');
  for (const handler of handlers) {
    if (handler.contract?.durable === false) {
      refuse(saga, `${handler.place} handles "${handler.contract.channel}", which is not durable`);
    }
    const rival = handlers.find((other) => other !== handler && overlap(handler, other));
    if (rival !== undefined) refuse(saga, `${handler.place} and ${rival.place} handle the same in one state`);
  }
  return handlers;
}

function overlap(a: SagaHandler, b: SagaHandler): boolean {
  if (a.kind !== b.kind || a.cause !== b.cause) return false;
  return a.states.length === 0 || b.states.length === 0 || a.states.some((state) => b.states.includes(state));
}
