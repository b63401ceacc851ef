import type { BodyClass, BodyOf, EventContract } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import { DiscoveryService } from '@nestjs/core';
import type { ObjectLiteral } from 'typeorm';
import { topicOf } from '../event-topic.js';
import type { SagaContext } from './saga-context.js';

export interface SagaOptions<State extends object> {
  /** Property that holds the key by which messages find the instance: unique among its rows. */
  readonly key: keyof State & string;
  /** Property that holds the name of the state it is in. */
  readonly state: keyof State & string;
  /** Stored with its history: keep it when the class is renamed. Default: the name of the class. */
  readonly name?: string;
  /** How long a message that comes too early is kept for the state that takes it. Default `'7d'`. */
  readonly keep?: Duration;
}

export interface SagaDeclaration {
  readonly entity: new () => ObjectLiteral;
  readonly options: SagaOptions<ObjectLiteral> & { readonly name: string };
}

/** What one decorator on a method of a saga says. */
export interface SagaHandlerDeclaration {
  readonly kind: 'start' | 'message' | 'timeout';
  /** The event; `undefined` for a timeout. */
  readonly contract: EventContract | undefined;
  /** Topic of the event, or name of the timeout. */
  readonly cause: string;
  readonly by: ((body: unknown) => string) | undefined;
  /** States in which it is handled; empty: in any. */
  readonly states: readonly string[];
  /** States it may lead to; empty: any. */
  readonly to: readonly string[];
}

export const SagaMetadata = DiscoveryService.createDecorator<SagaDeclaration>();
export const SagaHandlerMetadata = DiscoveryService.createDecorator<readonly SagaHandlerDeclaration[]>();

/**
 * The class is a state machine whose instances are rows of the user's own entity, found by a key of each message. Two
 * messages of one instance never run at once; what a message changes is committed with its end, once.
 * @example
 * @MessageSaga(Shipment, { key: 'orderId', state: 'state' })
 * export class ShipmentProcess {
 *   @StartedBy(OrderPlaced, { by: (order) => order.orderId })
 *   placed(shipment: Shipment, order: OrderPlacedDto, ctx: SagaContext): void {
 *     shipment.state = 'unpaid';
 *     ctx.timeout('unpaid', '3d');
 *   }
 *   @On(OrderPaid, { by: (paid) => paid.orderId, state: 'unpaid' })
 *   paid(shipment: Shipment): void {
 *     shipment.state = 'paid';
 *   }
 *   @OnTimeout('unpaid', { state: 'unpaid' })
 *   late(shipment: Shipment, ctx: SagaContext): void {
 *     shipment.state = 'abandoned';
 *     ctx.end();
 *   }
 * }
 */
export function MessageSaga<State extends object>(entity: new () => State, options: SagaOptions<NoInfer<State>>) {
  return (target: new (...parameters: never[]) => object): void => {
    const named = { ...options, name: options.name ?? target.name } as SagaDeclaration['options'];
    SagaMetadata({ entity, options: named })(target);
  };
}

export interface CorrelationOptions<Body> {
  /** The key of the instance that a message belongs to. */
  readonly by: (body: Body) => string;
  /** States it may lead to; another one is refused. Drawn in the diagram. Default: any. */
  readonly to?: string | readonly string[];
}

export interface StatefulOptions {
  /** States in which it is handled. Default: in any. */
  readonly state?: string | readonly string[];
}

/** A method of a saga that takes the instance, the body and the context. */
type MessageMethod<Body> = <Method extends (state: never, body: Body, context: SagaContext) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

const list = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

function declare(declaration: SagaHandlerDeclaration) {
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
    const earlier: readonly SagaHandlerDeclaration[] =
      Reflect.getMetadata(SagaHandlerMetadata.KEY, descriptor.value as object) ?? [];
    SagaHandlerMetadata([...earlier, declaration])(target, key, descriptor);
  };
}

/** The message makes an instance, unless its key has one already: then it is dropped. */
export function StartedBy<B extends BodyClass | undefined>(
  contract: EventContract<B>,
  { by, to }: CorrelationOptions<BodyOf<B>>,
): MessageMethod<BodyOf<B>> {
  return declare({
    kind: 'start',
    contract: contract as EventContract,
    cause: topicOf(contract),
    by: by as (body: unknown) => string,
    states: [],
    to: list(to),
  });
}

/**
 * The message is handled by the instance it belongs to. One that comes before its instance, or before a state that
 * takes it, is kept until then, and handled in the order of arrival.
 */
export function On<B extends BodyClass | undefined>(
  contract: EventContract<B>,
  { by, state, to }: CorrelationOptions<BodyOf<B>> & StatefulOptions,
): MessageMethod<BodyOf<B>> {
  return declare({
    kind: 'message',
    contract: contract as EventContract,
    cause: topicOf(contract),
    by: by as (body: unknown) => string,
    states: list(state),
    to: list(to),
  });
}

/** The method takes the instance and the context when a timeout is over. In another state than these it is dropped. */
export function OnTimeout(name: string, { state, to }: StatefulOptions & Pick<CorrelationOptions<never>, 'to'> = {}) {
  return <Method extends (state: never, context: SagaContext) => unknown>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void =>
    declare({ kind: 'timeout', contract: undefined, cause: name, by: undefined, states: list(state), to: list(to) })(
      target,
      key,
      descriptor,
    );
}
