import { parseChannel } from '@nestanza/contracts';
import { errorText } from '@nestanza/core';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/internal';
import { AllowedSenders } from '../decorators/allow-from.decorator.js';
import { Handles, type HandlerDeclaration } from '../decorators/handler-declaration.js';
import { handlerPipeline } from '../pipeline/handler-pipeline.js';
import { type ConfigLookup, resolvePlaceholders } from '../placeholders.js';
import type { Fault } from '../startup-error.js';
import { bodyClassOf, type Handler } from './handler.js';
import { patternDeclarations } from '../strategy/pattern-declarations.js';
import type { HandlerProxyFactory } from './handler-proxy.js';
import type { HandlerTarget } from './handler-target.js';

export interface ExplorerOptions {
  readonly proxies: HandlerProxyFactory;
  readonly lookup: ConfigLookup;
  /** Whether methods decorated by @nestjs/microservices are handlers, too. */
  readonly patterns: boolean;
  /** Only declarations of this bus are taken. */
  readonly bus: string;
  /** Name by which declarations mean the default bus. */
  readonly defaultBus: string;
}

export interface Exploration {
  readonly handlers: readonly Handler[];
  readonly faults: readonly Fault[];
}

/** Finds the decorated methods of all providers and controllers. */
export function explore(discovery: DiscoveryService, options: ExplorerOptions): Exploration {
  const scanner = new MetadataScanner();
  const handlers: Handler[] = [];
  const faults: Fault[] = [];
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined) continue;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const callback = (prototype as Record<string, object>)[method]!;
      const place = `${prototype.constructor.name}.${method}`;
      const target: HandlerTarget = { wrapper, module: wrapper.host!.token, method, place };
      try {
        for (const declaration of declarationsOf(callback, options)) {
          handlers.push(bind(declaration, { target, callback, prototype }, options));
        }
      } catch (error) {
        faults.push({ place, problem: errorText(error), remedy: 'correct the channel, or set the key it names' });
      }
    }
  }
  return { handlers, faults };
}

/** Those for this bus; a pattern, which names none, is for every bus that serves patterns. */
function declarationsOf(
  callback: object,
  { patterns, bus, defaultBus }: ExplorerOptions,
): readonly HandlerDeclaration[] {
  const declared = (Reflect.getMetadata(Handles.KEY, callback) ?? []) as readonly HandlerDeclaration[];
  return [
    ...declared.filter(({ options }) => (options.bus ?? defaultBus) === bus),
    ...(patterns ? patternDeclarations(callback) : []),
  ];
}

/** Where the methods of a provider stand; `undefined` for values and aliases. */
function prototypeOf({ isAlias, isNotMetatype, metatype, instance }: InstanceWrapper): object | undefined {
  if (isAlias) return undefined;
  // A factory's instance has a class of its own; a plain value is no home of handlers.
  const prototype: unknown = isNotMetatype
    ? typeof instance === 'object' && instance !== null
      ? Object.getPrototypeOf(instance)
      : undefined
    : metatype?.prototype;
  return typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype ? prototype : undefined;
}

function bind(
  declaration: HandlerDeclaration,
  { target, callback, prototype }: { target: HandlerTarget; callback: object; prototype: object },
  { proxies, lookup }: ExplorerOptions,
): Handler {
  const body = bodyClassOf(declaration);
  const allowed = (Reflect.getMetadata(AllowedSenders.KEY, callback) ??
    Reflect.getMetadata(AllowedSenders.KEY, prototype.constructor) ??
    []) as readonly string[];
  return {
    declaration,
    channel: parseChannel(resolvePlaceholders(declaration.channel, lookup)),
    place: target.place,
    allowed,
    pipeline: handlerPipeline({
      place: target.place,
      invoke: proxies.create(target, body),
      body,
      allowed,
      trustsNode: 'trust' in declaration.options && declaration.options.trust === 'node',
    }),
  };
}
