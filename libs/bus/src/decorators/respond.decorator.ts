import type { BodyClass, BodyOf, BodyType, RpcContract, RpcErrors } from '@nestanza/contracts';
import type { Observable } from 'rxjs';
import { declare, type HandlerDecorator, type HandlerOptions } from './handler-declaration.js';

/** What a handler may return for a value: the value, a promise of it, or an Observable whose last value counts. */
export type Eventually<T> = T | Promise<T> | Observable<T>;

/**
 * The method answers a call, in both encodings (XEP-0009 and native). It always answers: a declared error is thrown
 * as `Contract.error(code, data)`, a refusal as `Reject`; the text of anything else never leaves the process. A call
 * of an idempotent contract runs once when `DeliveryModule` is there, and a repeated one gets the recorded result.
 */
export function Respond<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
  contract: RpcContract<In, Out, Errors>,
  options?: HandlerOptions,
): HandlerDecorator<BodyOf<In>, Eventually<BodyOf<Out>>>;
export function Respond(channel: string, options?: HandlerOptions): HandlerDecorator<never>;
export function Respond(on: RpcContract | string, options: HandlerOptions = {}): HandlerDecorator<never> {
  return declare(
    typeof on === 'string'
      ? { kind: 'respond', channel: on, options }
      : { kind: 'respond', channel: on.channel, contract: on as RpcContract, options },
  );
}
