import type { ArgumentsHost } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA, selectExceptionFilterMetadata } from '@nestjs/common/internal';
import type { ApplicationConfig, ContextId, NestContainer } from '@nestjs/core';
import { BaseExceptionFilterContext, STATIC_CONTEXT } from '@nestjs/core/internal';
import { isObservable, lastValueFrom } from 'rxjs';
import { isSettlement } from '../outcome.js';

type Filters = Parameters<typeof selectExceptionFilterMetadata>[0];
type Callback = (...args: unknown[]) => unknown;

/** Lets the filters see an exception; resolves with the exception that settles the message. */
export type FilterRun = (exception: unknown, host: ArgumentsHost) => Promise<unknown>;

/** Finds the exception filters of handlers, as Nest does for its own transports. */
export class ExceptionFilters extends BaseExceptionFilterContext {
  readonly #config: ApplicationConfig | undefined;

  /** @param config - of the application; without it global filters are left out */
  constructor(container: NestContainer, config: ApplicationConfig | undefined) {
    super(container);
    this.#config = config;
  }

  create(
    instance: object,
    callback: Callback,
    bound: { module: string; contextId: ContextId; inquirerId: string },
  ): FilterRun {
    this.moduleContext = bound.module;
    const filters: Filters = this.createContext(
      instance,
      callback,
      EXCEPTION_FILTERS_METADATA,
      bound.contextId,
      bound.inquirerId,
    );
    // The filter nearest to the method comes first.
    filters.reverse();
    return (exception, host) => run(filters, exception, host);
  }

  override getGlobalMetadata<T extends unknown[]>(contextId: ContextId = STATIC_CONTEXT, inquirerId?: string): T {
    if (this.#config === undefined) return [] as unknown as T;
    const scoped = this.#config
      .getGlobalRequestFilters()
      .map((wrapper) => ({
        wrapper,
        host: wrapper.getInstanceByContextId(this.getContextId(contextId, wrapper), inquirerId),
      }))
      .filter(({ wrapper, host }) => this.isInstantiated(wrapper, host))
      .map(({ host }) => host.instance);
    return [...this.#config.getGlobalFilters(), ...scoped] as unknown as T;
  }
}

/**
 * The original exception settles the message, unless the filter throws a settlement of its own: a filter that answers
 * or swallows changes nothing about the acknowledgement.
 */
async function run(filters: Filters, exception: unknown, host: ArgumentsHost): Promise<unknown> {
  const filter = selectExceptionFilterMetadata(filters, exception);
  if (filter === undefined) return exception;
  try {
    const answer: unknown = await filter.func(exception, host);
    if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
    return exception;
  } catch (thrown) {
    return isSettlement(thrown) ? thrown : exception;
  }
}
