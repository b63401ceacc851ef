import type { Duration } from '@nestanza/core';
import { currentRun } from '../engine/current-run.js';
import type { RetryPolicy } from '../engine/retry.js';

export interface StepMethodOptions<Compensation extends string> {
  /** Default: the name of the method. */
  readonly name?: string;
  readonly retry?: RetryPolicy | false;
  /** Longest time of one attempt. Default `'5m'`. */
  readonly timeout?: Duration;
  /**
   * Name of the method that undoes this one. It gets the same arguments and then the result, which is `undefined` where
   * nobody knows whether the step had its effect.
   */
  readonly compensate?: Compensation;
}

type Method<Arguments extends unknown[], Result> = (...args: Arguments) => Promise<Result>;

/** The class of a step that has its compensation; any class for a step without one. */
type Undoing<Compensation extends string, Arguments extends unknown[], Result> = [Compensation] extends [never]
  ? object
  : Readonly<Record<Compensation, (...args: [...Arguments, Result | undefined]) => unknown>>;

/**
 * Called by the workflow's own code the method is a step: it is done once, and its result recorded. Called by a step,
 * or outside of a workflow, it is a plain method.
 * @example
 * @Step({ compensate: 'release', retry: { attempts: 5 } })
 * async reserve(order: Order): Promise<Reservation> {}
 * async release(order: Order, reservation: Reservation | undefined): Promise<void> {}
 */
export function Step<const Compensation extends string = never>(options: StepMethodOptions<Compensation> = {}) {
  const { name, compensate, ...rest } = options;
  return <Arguments extends unknown[], Result>(
    _target: Undoing<NoInfer<Compensation>, Arguments, Result>,
    property: string,
    descriptor: TypedPropertyDescriptor<Method<Arguments, Result>>,
  ): void => {
    const method = descriptor.value;
    if (method === undefined) return;
    descriptor.value = function (this: object, ...args: Arguments): Promise<Result> {
      const run = currentRun();
      if (run === undefined || run.inStep) return method.apply(this, args);
      const undo =
        compensate === undefined ? undefined : (this as Record<string, Method<unknown[], unknown>>)[compensate];
      return run.context.step(name ?? property, () => method.apply(this, args), {
        ...rest,
        ...(undo && { compensate: (result: Result | undefined) => undo.apply(this, [...args, result]) }),
      });
    };
  };
}
