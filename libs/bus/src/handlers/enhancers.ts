import type { ApplicationConfig, ContextId, ModulesContainer, NestContainer } from '@nestjs/core';
import {
  GuardsConsumer,
  GuardsContextCreator,
  InterceptorsConsumer,
  InterceptorsContextCreator,
  PipesConsumer,
  PipesContextCreator,
} from '@nestjs/core/internal';
import type { CanActivate, NestInterceptor, PipeTransform } from '@nestjs/common';
import { ExceptionFilters, type FilterRun } from './exception-filters.js';

type Callback = (...args: unknown[]) => unknown;

/** Which instance of which class an enhancer is looked up for. */
export interface EnhancerScope {
  readonly instance: object;
  readonly callback: Callback;
  readonly module: string;
  readonly contextId: ContextId;
  readonly inquirerId: string;
}

/** The guards, pipes, interceptors and filters of one handler. */
export interface EnhancerSet {
  readonly guards: CanActivate[];
  readonly pipes: PipeTransform[];
  readonly interceptors: NestInterceptor[];
  readonly filters: FilterRun;
  /** Pipes named by a parameter decorator. */
  parameterPipes(pipes: unknown[]): PipeTransform[];
}

/**
 * Nest's own creators and consumers of enhancers. ExternalContextCreator is not used: it skips class-level guards of
 * controllers, cannot leave global enhancers out and never runs pre-request hooks.
 */
export class Enhancers {
  readonly guards = new GuardsConsumer();
  readonly pipes = new PipesConsumer();
  readonly interceptors = new InterceptorsConsumer();
  readonly config: ApplicationConfig;
  readonly #guards: GuardsContextCreator;
  readonly #pipes: PipesContextCreator;
  readonly #interceptors: InterceptorsContextCreator;
  readonly #filters: ExceptionFilters;

  /** @param global - whether the application's global enhancers run on handlers */
  constructor(modules: ModulesContainer, config: ApplicationConfig, global: 'all' | 'declared') {
    // The creators read nothing of the container but its modules.
    const container = { getModules: () => modules } as unknown as NestContainer;
    const globals = global === 'all' ? config : undefined;
    this.config = config;
    this.#guards = new GuardsContextCreator(container, globals);
    this.#pipes = new PipesContextCreator(container, globals);
    this.#interceptors = new InterceptorsContextCreator(container, globals);
    this.#filters = new ExceptionFilters(container, globals);
  }

  of({ instance, callback, module, contextId, inquirerId }: EnhancerScope): EnhancerSet {
    return {
      guards: this.#guards.create(instance, callback, module, contextId, inquirerId),
      pipes: this.#pipes.create(instance, callback, module, contextId, inquirerId),
      interceptors: this.#interceptors.create(instance, callback, module, contextId, inquirerId),
      filters: this.#filters.create(instance, callback, { module, contextId, inquirerId }),
      parameterPipes: (pipes) => {
        this.#pipes.setModuleContext(module);
        return this.#pipes.createConcreteContext(pipes, contextId, inquirerId);
      },
    };
  }
}

/** Global enhancers of the application in words, e.g. `guard JwtGuard`. */
export function globalEnhancerNames(config: ApplicationConfig): readonly string[] {
  const named = (kind: string, instances: readonly unknown[]) =>
    instances.map((instance) => `${kind} ${(instance as object).constructor.name}`);
  const scoped = (kind: string, wrappers: readonly { readonly name: unknown }[]) =>
    wrappers.map(({ name }) => `${kind} ${String(name)}`);
  return [
    ...named('guard', config.getGlobalGuards()),
    ...scoped('guard', config.getGlobalRequestGuards()),
    ...named('pipe', config.getGlobalPipes()),
    ...scoped('pipe', config.getGlobalRequestPipes()),
    ...named('interceptor', config.getGlobalInterceptors()),
    ...scoped('interceptor', config.getGlobalRequestInterceptors()),
    ...named('filter', config.getGlobalFilters()),
    ...scoped('filter', config.getGlobalRequestFilters()),
  ];
}
