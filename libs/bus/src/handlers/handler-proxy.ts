import { AsyncResource } from 'node:async_hooks';
import { ForbiddenException, type ArgumentMetadata } from '@nestjs/common';
import { type ContextId, ContextIdFactory, type ModuleRef, type ModulesContainer } from '@nestjs/core';
import { ExecutionContextHost, Injector, STATIC_CONTEXT } from '@nestjs/core/internal';
import { defer, isObservable, lastValueFrom, type Observable } from 'rxjs';
import type { MessageContext } from '../message-context.js';
import type { Enhancers, EnhancerSet } from './enhancers.js';
import type { HandlerTarget } from './handler-target.js';
import { type Parameter, parametersOf } from './parameters.js';

/** Runs a handler with everything Nest puts around it; rejects with the exception that settles the message. */
export type Invocation = (payload: unknown, context: MessageContext) => Promise<unknown>;

type Callback = (...args: unknown[]) => unknown;

/** Makes invocations: compiled once for singletons, per message for request-scoped and transient classes. */
export class HandlerProxyFactory {
  readonly #injector = new Injector();
  readonly #enhancers: Enhancers;
  readonly #modules: ModulesContainer;
  readonly #moduleRef: ModuleRef;

  constructor(enhancers: Enhancers, modules: ModulesContainer, moduleRef: ModuleRef) {
    this.#enhancers = enhancers;
    this.#modules = modules;
    this.#moduleRef = moduleRef;
  }

  /** @param bodyType - the contract's class, which pipes see as the payload's type */
  create(target: HandlerTarget, bodyType: ArgumentMetadata['metatype']): Invocation {
    const { wrapper } = target;
    if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
      return this.#bind(target, { instance: wrapper.instance as object, contextId: STATIC_CONTEXT, bodyType });
    }
    return async (payload, context) => {
      const contextId = ContextIdFactory.getByRequest(context);
      // What an application injects as REQUEST: the message's context, or what its durable strategy makes of it.
      const request = wrapper.isDependencyTreeDurable() ? (contextId.payload ?? context) : context;
      this.#moduleRef.registerRequestByContextId(request, contextId);
      const instance = await this.#instanceFor(target, contextId);
      return this.#bind(target, { instance, contextId, bodyType })(payload, context);
    };
  }

  async #instanceFor({ wrapper, module }: HandlerTarget, contextId: ContextId): Promise<object> {
    const host = this.#modules.get(module)!;
    const collection = host.controllers.has(wrapper.token) ? host.controllers : host.providers;
    return (await this.#injector.loadPerContext(
      wrapper.instance as object,
      host,
      collection,
      contextId,
      wrapper,
    )) as object;
  }

  #bind(
    target: HandlerTarget,
    {
      instance,
      contextId,
      bodyType,
    }: { instance: object; contextId: ContextId; bodyType: ArgumentMetadata['metatype'] },
  ): Invocation {
    const { method, module, wrapper } = target;
    const callback = (instance as Record<string, Callback>)[method]!;
    const set = this.#enhancers.of({ instance, callback, module, contextId, inquirerId: wrapper.id });
    const parameters = parametersOf({ instance, method, bodyType, pipesOf: set.parameterPipes });
    return this.#compose(set, { instance, callback, parameters });
  }

  #compose(
    set: EnhancerSet,
    { instance, callback, parameters }: { instance: object; callback: Callback; parameters: readonly Parameter[] },
  ): Invocation {
    const { guards, interceptors, pipes, config } = this.#enhancers;
    const piping = parameters.map((parameter) => ({ ...parameter, piped: [...set.pipes, ...parameter.pipes] }));
    const length = 1 + Math.max(...parameters.map(({ index }) => index));
    const call = async (payload: unknown, context: MessageContext): Promise<unknown> => {
      const args = new Array<unknown>(length).fill(undefined);
      const pending: Promise<void>[] = [];
      for (const { index, metadata, piped, extract } of piping) {
        const value = extract(payload, context);
        if (piped.length === 0 && !(value instanceof Promise)) {
          args[index] = value;
          continue;
        }
        const made = piped.length === 0 ? value : pipes.applyPipes(value, metadata, piped);
        pending.push(Promise.resolve(made).then((argument) => void (args[index] = argument)));
      }
      if (pending.length > 0) await Promise.all(pending);
      return callback.apply(instance, args);
    };
    const guarded = async (payload: unknown, context: MessageContext): Promise<unknown> => {
      const args = [payload, context];
      if (set.guards.length > 0 && !(await guards.tryActivate(set.guards, args, instance, callback, 'rpc'))) {
        throw new ForbiddenException('A guard refused the message.');
      }
      return interceptors.intercept(set.interceptors, args, instance, callback, () => call(payload, context), 'rpc');
    };
    const hooked = (payload: unknown, context: MessageContext): unknown => {
      const hooks = config.getGlobalPreRequestHooks();
      if (hooks.length === 0) return guarded(payload, context);
      const execution = executionContext([payload, context], instance, callback);
      // Bound where the last hook asks for it: what a hook has entered (AsyncLocalStorage) holds for all that follows.
      const rest = () =>
        defer(AsyncResource.bind(() => interceptors.transformDeferred(() => guarded(payload, context))));
      const next = (index: number): Observable<unknown> =>
        index < hooks.length ? hooks[index]!(execution, () => next(index + 1)) : rest();
      return next(0);
    };
    return async (payload, context) => {
      try {
        return await settled(await hooked(payload, context));
      } catch (exception) {
        throw await set.filters(exception, executionContext([payload, context], instance, callback));
      }
    };
  }
}

/** The last value of an Observable; anything else as it is. */
function settled(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

function executionContext(args: unknown[], instance: object, callback: Callback): ExecutionContextHost {
  const host = new ExecutionContextHost(
    args,
    instance.constructor as ConstructorParameters<typeof ExecutionContextHost>[1],
    callback,
  );
  host.setType('rpc');
  return host;
}
