import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/internal';
import { ContextUtils } from '@nestjs/core/internal';
import type { MessageContext } from '../message-context.js';

/** Nest's numbers for `@Payload` and `@Ctx` (enum RpcParamtype of @nestjs/microservices, which does not export it). */
const PAYLOAD = 3;
const CONTEXT = 6;

/** What Nest's parameter decorators store, one entry a parameter. */
interface StoredParameter {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: unknown[];
  readonly factory?: (...args: unknown[]) => void;
  readonly schema?: ArgumentMetadata['schema'];
}

/** How one argument of a handler is made. */
export interface Parameter {
  readonly index: number;
  readonly metadata: ArgumentMetadata;
  readonly pipes: PipeTransform[];
  extract(payload: unknown, context: MessageContext): unknown;
}

export interface ParameterScope {
  readonly instance: object;
  readonly method: string;
  /** Class of the payload, from the contract; else the emitted parameter type is what pipes see. */
  readonly bodyType: ArgumentMetadata['metatype'];
  readonly pipesOf: (declared: unknown[]) => PipeTransform[];
}

const utils = new ContextUtils();

/** The parameters of a handler. The first one takes the payload where no decorator says otherwise. */
export function parametersOf({ instance, method, bodyType, pipesOf }: ParameterScope): readonly Parameter[] {
  const stored: Readonly<Record<string, StoredParameter>> =
    utils.reflectCallbackMetadata(instance, method, ROUTE_ARGS_METADATA) ?? {};
  const types = (utils.reflectCallbackParamtypes(instance, method) ?? []) as ArgumentMetadata['metatype'][];
  const contextFactory = utils.getContextFactory('rpc', instance, (instance as Record<string, () => unknown>)[method]);

  const parameters = Object.entries(stored).map(([key, { index, data, pipes = [], factory, schema }]): Parameter => {
    const custom = key.includes(CUSTOM_ROUTE_ARGS_METADATA) && factory !== undefined;
    const kind = custom ? undefined : Number(utils.mapParamType(key));
    const extractCustom = custom ? utils.getCustomFactory(factory, data, contextFactory) : undefined;
    return {
      index,
      metadata: {
        type: kind === PAYLOAD ? 'body' : 'custom',
        metatype: kind === PAYLOAD && data === undefined ? (bodyType ?? types[index]) : types[index],
        data: data as string | undefined,
        schema,
      },
      pipes: pipesOf(pipes),
      extract: (payload, context) => {
        if (extractCustom !== undefined) return extractCustom(payload, context);
        if (kind === CONTEXT) return context;
        return kind === PAYLOAD ? member(payload, data) : undefined;
      },
    };
  });
  if (parameters.some(({ index }) => index === 0)) return parameters;
  return [
    {
      index: 0,
      metadata: { type: 'body', metatype: bodyType ?? types[0], data: undefined },
      pipes: [],
      extract: (payload) => payload,
    },
    ...parameters,
  ];
}

function member(payload: unknown, name: unknown): unknown {
  if (typeof name !== 'string' || name === '') return payload;
  return typeof payload === 'object' && payload !== null && Object.hasOwn(payload, name)
    ? (payload as Record<string, unknown>)[name]
    : undefined;
}
