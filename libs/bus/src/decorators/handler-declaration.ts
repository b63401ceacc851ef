import type { EventContract, RpcContract } from '@nestanza/contracts';
import { DiscoveryService } from '@nestjs/core';
import type { DurableOptions } from '../delivery.port.js';
import { StartupError } from '../startup-error.js';

/** How a foreign item is read: `auto` takes a CloudEvent where there is one, and the bare payload elsewhere. */
export type ItemFormat = 'auto' | 'structured' | 'bare';

/** Options that every handler decorator knows. */
export interface HandlerOptions {
  /** Name of the bus, where an application has several (`BusModule.forRoot({ name })`). */
  readonly bus?: string;
}

export interface WatchOptions extends HandlerOptions {
  /** Default `'auto'`. */
  readonly format?: ItemFormat;
  /**
   * What `@AllowFrom` goes by. `'publisher'`: the stamped publisher; the start fails where the service stamps none.
   * `'node'`: where none is stamped, whoever the node lets publish is heard. Default `'publisher'`.
   */
  readonly trust?: 'publisher' | 'node';
}

export interface SubscribeOptions extends WatchOptions, DurableOptions {
  /** One instance of a group handles each message. Default: the service's name. */
  readonly group?: string;
}

/** What one decorator on a method says. */
export type HandlerDeclaration =
  | {
      readonly kind: 'subscribe';
      readonly channel: string;
      readonly contract?: EventContract;
      readonly options: SubscribeOptions;
    }
  | {
      readonly kind: 'watch';
      readonly channel: string;
      readonly contract?: EventContract;
      readonly options: WatchOptions;
    }
  | {
      readonly kind: 'respond';
      readonly channel: string;
      readonly contract?: RpcContract;
      readonly options: HandlerOptions;
    }
  | {
      readonly kind: 'message';
      readonly channel: string;
      readonly contract?: undefined;
      readonly options: HandlerOptions;
    }
  | {
      readonly kind: 'presence';
      readonly channel: string;
      readonly contract?: undefined;
      readonly options: HandlerOptions;
    };

/** Marks a method with all declarations of its decorators; the explorer reads it. */
export const Handles = DiscoveryService.createDecorator<readonly HandlerDeclaration[]>();

/**
 * A decorator for methods whose first parameter takes `Payload` and whose result is a `Result`, now, later or as an
 * Observable. Further parameters are decorated ones.
 */
export type HandlerDecorator<Payload, Result = unknown> = <
  Method extends (payload: Payload, ...rest: never[]) => Result,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * A decorator that adds one declaration to those the method already has.
 * @throws StartupError `NST_BUS_STARTUP` on a method that nobody could ever call
 */
export function declare(
  declaration: HandlerDeclaration,
): (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void {
  return (target, key, descriptor) => {
    refuseUncallable(declaration, target, key);
    const earlier = (Reflect.getMetadata(Handles.KEY, descriptor.value as object) ??
      []) as readonly HandlerDeclaration[];
    Handles([...earlier, declaration])(target, key, descriptor);
  };
}

/** Handlers are methods of instances, found by their name. */
function refuseUncallable({ kind, channel }: HandlerDeclaration, target: object, key: string | symbol): void {
  const isStatic = typeof target === 'function';
  if (!isStatic && typeof key === 'string') return;
  const place = `${isStatic ? target.name : target.constructor.name}.${String(key)}`;
  throw new StartupError([
    {
      place,
      problem: `a ${kind} handler of "${channel}" stands on a ${isStatic ? 'static method' : 'method named by a symbol'}, which no instance is found by`,
      remedy: isStatic ? 'remove the word "static"' : 'give the method an ordinary name',
    },
  ]);
}
