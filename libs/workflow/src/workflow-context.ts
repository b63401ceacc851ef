import type { BodyClass, BodyOf, BodyType, EventContract, RpcContract, RpcErrors } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import type { EntityManager } from 'typeorm';
import type { WorkflowClass } from './workflow-class.js';
import type { RetryPolicy } from './engine/retry.js';

/** What surrounds one attempt of a step. */
export interface StepScope {
  /** `charge#0`: unique within the run, the same whenever the run is continued. */
  readonly key: string;
  /** `<run>:<key>`: hand it to whatever has an effect outside the database, so that a repeated attempt has it once. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Says that the work goes on: the next `heartbeat` begins. Without that option nothing happens. */
  readonly beat: () => void;
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
  /** Longest time of an attempt without `scope.beat()`. Default: that of the whole attempt. */
  readonly heartbeat?: Duration;
  /**
   * Undoes the step when the run fails or is cancelled, itself a recorded step, last step first, tried with the delays of `retry` until it succeeds. `result` is
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

/** Which branch of a race ended first, and with what. */
export type RaceResult<Branches extends Readonly<Record<string, () => Promise<unknown>>>> = {
  readonly [Name in keyof Branches & string]: {
    readonly winner: Name;
    readonly result: Awaited<ReturnType<Branches[Name]>>;
  };
}[keyof Branches & string];

export interface MapOptions<Item, Result> extends Omit<StepOptions<Result>, 'key'> {
  readonly work: (item: Item, scope: StepScope) => Promise<Result> | Result;
  /** Tells the items apart; the same whenever the run is continued. */
  readonly key: (item: Item, index: number) => string;
  /** Steps at a time. Default 10. */
  readonly concurrency?: number;
}

export interface ChildOptions<Result> extends StepKey, Pick<StepOptions<Result>, 'compensate'> {
  /** Default: made of this run's id and the step's key. */
  readonly id?: string;
  /** After this long the child fails and is compensated. Default: none. */
  readonly deadline?: Duration;
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

  /**
   * Ends this life of the run and begins another with a new input and an empty record: for runs without an end. What it
   * did stays done. Never settles.
   */
  continueAsNew(input: unknown): Promise<never>;

  /**
   * For a change of code under running runs: true for those that come here for the first time, false for those that had
   * gone on from here before the change. Recorded under the mark.
   * @example
   * if (ctx.patched('insure parcels')) await ctx.step('insure', () => insure(order));
   */
  patched(mark: string): boolean;

  /** Shows a value of the run under a name, for `handle.query(name)`: how far it is, what it waits for. Replaces the last. */
  show(name: string, value: unknown, options?: StepKey): Promise<void>;

  /**
   * The result of the branch that ends first, recorded. The other branches go on until the run ends.
   * @example
   * const answer = await ctx.race({
   *   approved: () => ctx.waitForSignal('approved'),
   *   late: () => ctx.sleep('3d'),
   * });
   * @returns the name of the branch and its result
   */
  race<Branches extends Readonly<Record<string, () => Promise<unknown>>>>(
    branches: Branches,
    options?: StepKey,
  ): Promise<RaceResult<Branches>>;

  /**
   * Does the same step for each item, a few at a time, and answers their results in the items' order.
   * @example
   * await ctx.map('resize', images, { work: (image) => resize(image), key: (image) => image.id, concurrency: 5 });
   */
  map<Item, Result>(name: string, items: readonly Item[], options: MapOptions<Item, Result>): Promise<Result[]>;

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

  /**
   * Runs another workflow, and ends with it. It is cancelled when this run fails or is cancelled, and awaited before this
   * run's own steps are undone. What a child that succeeded did is undone by `compensate` alone.
   * @throws StepFailed (rejection) with the code and data of what the child threw, or `NST_WORKFLOW_CANCELLED`
   */
  child<Input, Output>(
    workflow: WorkflowClass<Input, Output>,
    input: NoInfer<Input>,
    options?: ChildOptions<Output>,
  ): Promise<Output>;

  /** Sends a signal to another run, once. */
  signal(run: string, name: string, options?: StepKey & { readonly payload?: unknown }): Promise<void>;
  /** The payload of the next signal of this name, in the order of their arrival. */
  waitForSignal<Payload = unknown>(name: string): Promise<Payload>;
  waitForSignal<Payload = unknown>(name: string, options: WaitOptions): Promise<Payload | undefined>;
}
