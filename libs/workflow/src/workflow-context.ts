import type { BodyClass, BodyOf, BodyType, EventContract, RpcContract, RpcErrors } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import type { EntityManager } from 'typeorm';
import type { RetryPolicy } from './engine/retry.js';

/** What surrounds one attempt of a step. */
export interface StepScope {
  /** `charge#0`: unique within the run, the same whenever the run is continued. */
  readonly key: string;
  /** `<run>:<key>`: hand it to whatever has an effect outside the database, so that a repeated attempt has it once. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts at the step's timeout, when the run is cancelled, and when this process has lost the run. */
  readonly signal: AbortSignal;
}

/** A step whose effects and record are one transaction. */
export interface TransactionScope extends StepScope {
  readonly tx: EntityManager;
}

export interface StepKey {
  /** Tells steps of one name apart that run at the same time; the same whenever the run is continued. */
  readonly key?: string;
}

export interface StepOptions<Result = unknown, Scope extends StepScope = StepScope> extends StepKey {
  /** `false`: one attempt. Refusals (a contract's error, `Reject`, whatever is not retryable) are never retried. */
  readonly retry?: RetryPolicy | false;
  /** Longest time of one attempt. Default `'5m'`. */
  readonly timeout?: Duration;
  /**
   * Undoes the step when the run fails or is cancelled, itself a recorded step, last step first. `result` is
   * `undefined` where nobody knows whether the step had its effect (it timed out, its process died in it and the run
   * was cancelled): undo what may be there, and accept that nothing is.
   */
  readonly compensate?: (result: Result | undefined, scope: Scope) => unknown;
}

export interface TransactionStepOptions<Result = unknown> extends StepOptions<Result, TransactionScope> {
  /** The step has a transaction of its own that also records it: its database effects happen once. */
  readonly transaction: true;
}

export type SleepOptions = StepKey;

export interface WaitOptions extends StepKey {
  /** After this long the wait ends with `undefined`. Without it the run waits as long as it takes. */
  readonly timeout?: Duration;
}

/** Some members of a body, and of what is in it. */
export type Part<Body> = Body extends object ? { readonly [Name in keyof Body]?: Part<Body[Name]> } : Body;

export interface EventWaitOptions<Body> extends WaitOptions {
  /** Members that the body has; default: any body. What stands in an array may stand anywhere in the body's. */
  readonly filter?: Part<Body>;
}

export type RequestStepOptions<Result> = StepOptions<Result> & {
  /** Name of the step. Default: the contract's method. */
  readonly name?: string;
};

/**
 * What a workflow does to the world, recorded. Every method is a step: done once, and answered from its record
 * whenever the run is continued. Await nothing else in a workflow: what is asynchronous belongs into a step.
 */
export interface WorkflowContext {
  /** Id of the run. */
  readonly id: string;

  /**
   * Runs `work` until it succeeds, is refused or its retries end, and records what came of it. The result is what
   * JSON makes of it.
   * @throws StepFailed with the code and data of the last attempt's error
   * @throws NestanzaError `NST_WORKFLOW_STEP_KEY` when a step of this name is running and neither has a `key`
   */
  step<Result>(
    name: string,
    work: (scope: TransactionScope) => Promise<Result> | Result,
    options: TransactionStepOptions<Result>,
  ): Promise<Result>;
  step<Result>(
    name: string,
    work: (scope: StepScope) => Promise<Result> | Result,
    options?: StepOptions<Result>,
  ): Promise<Result>;

  /** Resolves after this long, or at this time. Costs a row, however long. */
  sleep(duration: Duration | Date, options?: SleepOptions): Promise<void>;

  /** The time, recorded. */
  now(): Promise<Date>;
  /** A number in [0, 1) that is the same whenever the run is continued. Derived from the run's id: not for secrets. */
  random(): number;
  /** A UUID that is the same whenever the run is continued. */
  uuid(): string;

  /** Publishes through the outbox, in the transaction that records it: once. */
  publish<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    body: NoInfer<BodyOf<B>>,
    options?: StepKey,
  ): Promise<void>;
  publish(channel: string, body: unknown, options?: StepKey): Promise<void>;
  /** Sends a direct message through the outbox, in the transaction that records it: once. */
  send(channel: string, body: unknown, options?: StepKey): Promise<void>;
  /**
   * Calls an RPC with the step's idempotency key.
   * @throws StepFailed `Contract.isError(error, code)` holds for declared errors
   */
  request<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    body: NoInfer<BodyOf<In>>,
    options?: RequestStepOptions<BodyOf<Out>>,
  ): Promise<BodyOf<Out>>;

  /**
   * The next message of this event that the filter matches and this run has not had, published since the run began. The
   * workflow names the contract: `@Workflow({ receives: [PaymentArrived] })`.
   * @example
   * const payment = await ctx.waitFor(PaymentArrived, { filter: { orderId }, timeout: '3d' });
   * @throws NestanzaError (rejection) `NST_WORKFLOW_NOT_RECEIVED`
   */
  waitFor<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    options?: EventWaitOptions<BodyOf<B>> & { readonly timeout?: undefined },
  ): Promise<BodyOf<B>>;
  waitFor<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    options: EventWaitOptions<BodyOf<B>>,
  ): Promise<BodyOf<B> | undefined>;

  /** Sends a signal to another run, once. */
  signal(run: string, name: string, options?: StepKey & { readonly payload?: unknown }): Promise<void>;
  /** The payload of the next signal of this name, in the order of their arrival. */
  waitForSignal<Payload = unknown>(name: string): Promise<Payload>;
  waitForSignal<Payload = unknown>(name: string, options: WaitOptions): Promise<Payload | undefined>;
}
