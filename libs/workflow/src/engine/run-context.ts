import {
  formatChannel,
  parseChannel,
  type BodyClass,
  type BodyOf,
  type BodyType,
  type EventContract,
  type RpcContract,
  type RpcErrors,
} from '@nestanza/contracts';
import { milliseconds, type Duration } from '@nestanza/core';
import type { EntityManager } from 'typeorm';
import { notReceived } from '../errors.js';
import { topicOf } from '../event-topic.js';
import { encodeJson } from '../store/json.js';
import { sendSignal } from '../store/signal.js';
import type { WorkflowClass } from '../workflow-class.js';
import type {
  ChildOptions,
  EventWaitOptions,
  MapOptions,
  RaceResult,
  RequestStepOptions,
  SleepOptions,
  StepKey,
  StepOptions,
  StepScope,
  TransactionScope,
  TransactionStepOptions,
  WaitOptions,
  WorkflowContext,
} from '../workflow-context.js';
import { attempts, DEFAULT_STEP_TIMEOUT, type Work } from './attempts.js';
import { runChild } from './child.js';
import { derivedRandom, derivedUuid } from './derived.js';
import { waitForEvent, type TakenEvent } from './event-wait.js';
import type { Execution } from './execution.js';
import { race } from './race.js';
import { waitForSignal } from './signal-wait.js';
import type { StepKind } from '../entities/step-record.entity.js';
import { never, type Compensation } from './operation.js';

/** What any kind of step can be told. */
type AnyStepOptions = StepOptions<unknown, TransactionScope> & { readonly transaction?: boolean };

/** Undoing goes on until it succeeds, as patiently as its step: giving up would leave one half of an effect. */
function compensationOf({ compensate, transaction = false, retry }: AnyStepOptions): Compensation | undefined {
  if (compensate === undefined) return undefined;
  return {
    transaction,
    retry: { ...(retry === false ? {} : retry), attempts: Number.POSITIVE_INFINITY },
    // The engine gives `tx` exactly where `transaction` is set.
    undo: (result, scope) => compensate(result, scope as TransactionScope),
  };
}

function workOf(options: AnyStepOptions, run: (scope: TransactionScope) => unknown): Work {
  return {
    transaction: options.transaction ?? false,
    retry: options.retry ?? {},
    timeout: options.timeout ?? DEFAULT_STEP_TIMEOUT,
    heartbeat: options.heartbeat,
    run: (scope) => run(scope as TransactionScope),
  };
}

/** The context of one execution. */
export class RunContext implements WorkflowContext {
  readonly id: string;
  readonly #execution: Execution;
  #derived = 0;

  /** @param receives - topics of the events that may be waited for */
  constructor(
    execution: Execution,
    private readonly receives: ReadonlySet<string>,
  ) {
    this.id = execution.run.id;
    this.#execution = execution;
  }

  step<Result>(
    name: string,
    work: (scope: TransactionScope) => Promise<Result> | Result,
    options: StepOptions<Result, StepScope> | TransactionStepOptions<Result> = {},
  ): Promise<Result> {
    const any = options as AnyStepOptions;
    const kind = any.transaction ? 'transaction' : 'step';
    return this.#attempted({ kind, name, options: any }, work) as Promise<Result>;
  }

  async sleep(duration: Duration | Date, options: SleepOptions = {}): Promise<void> {
    const { clock } = this.#execution.parts;
    const delay = duration instanceof Date ? undefined : milliseconds(duration);
    await this.#execution.perform({ kind: 'sleep', name: 'sleep', key: options.key }, async (step) => {
      const due = step.timer?.due ?? (duration instanceof Date ? duration.getTime() : clock.now() + (delay ?? 0));
      if (due > clock.now()) {
        const fresh = step.timer === undefined ? { fresh: { attempt: 0, error: null } } : {};
        await this.#execution.wait({ key: step.fullKey, what: 'sleep', due, ...fresh });
      }
      return {};
    });
  }

  async now(): Promise<Date> {
    const { clock } = this.#execution.parts;
    const at = await this.#execution.perform({ kind: 'now', name: 'now' }, async () => ({
      output: JSON.stringify(new Date(clock.now())),
    }));
    return new Date(at as string);
  }

  random(): number {
    return derivedRandom(this.id, this.#derived++);
  }

  uuid(): string {
    return derivedUuid(this.id, this.#derived++);
  }

  async publish<B extends BodyClass | undefined>(
    target: EventContract<B> | string,
    body: unknown,
    options: StepKey = {},
  ): Promise<void> {
    const { messages } = this.#execution.parts;
    const name = `publish ${typeof target === 'string' ? target : target.type}`;
    await this.#attempted({ kind: 'publish', name, options: { ...options, transaction: true } }, async (scope) => {
      await messages.publish(target as EventContract | string, body, { tx: scope.tx, id: scope.idempotencyKey });
    });
  }

  async send(channel: string, body: unknown, options: StepKey = {}): Promise<void> {
    const { messages } = this.#execution.parts;
    const name = `send ${channel}`;
    await this.#attempted({ kind: 'send', name, options: { ...options, transaction: true } }, async (scope) => {
      await messages.send(channel, body, { tx: scope.tx, id: scope.idempotencyKey });
    });
  }

  request<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    body: BodyOf<In>,
    options: RequestStepOptions<BodyOf<Out>> = {},
  ): Promise<BodyOf<Out>> {
    const { messages } = this.#execution.parts;
    const name = options.name ?? methodOf(contract.channel);
    return this.#attempted({ kind: 'request', name, options: options as AnyStepOptions }, (scope) =>
      messages.request(contract as unknown as RpcContract, body, { key: scope.idempotencyKey, signal: scope.signal }),
    ) as Promise<BodyOf<Out>>;
  }

  async signal(run: string, name: string, options: StepKey & { readonly payload?: unknown } = {}): Promise<void> {
    const { dataSource, announce } = this.#execution.parts;
    await this.#attempted({ kind: 'send', name: `signal ${name}`, options }, async (scope) => {
      const text = encodeJson(options.payload ?? null, `the payload of signal "${name}"`);
      const signal = { run, name, payload: text, messageId: scope.idempotencyKey };
      // In a transaction of its own: two runs that signal each other must not hold themselves while they lock the other.
      const arrival = await dataSource.transaction((tx: EntityManager) => sendSignal(tx, signal));
      if (arrival === 'arrived') announce();
    });
  }

  async waitForSignal<Payload>(name: string, options: WaitOptions = {}): Promise<Payload | undefined> {
    const timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    const call = { kind: 'signal', name: `signal ${name}`, key: options.key } as const;
    const payload = await this.#execution.perform(call, (step) =>
      waitForSignal(this.#execution, step, { name, timeout }),
    );
    return payload as Payload | undefined;
  }

  continueAsNew(input: unknown): Promise<never> {
    const text = encodeJson(input, `the input of the run "${this.id}"`);
    if (this.#execution.phase === 'forward') this.#execution.leave({ kind: 'anew', input: text });
    return never();
  }

  patched(mark: string): boolean {
    return this.#execution.patched(mark);
  }

  async show(name: string, value: unknown, options: StepKey = {}): Promise<void> {
    const text = encodeJson(value ?? null, `what is shown as "${name}"`);
    const call = { kind: 'show', name: `show ${name}`, options: { ...options, transaction: true } } as const;
    await this.#attempted(call, async ({ tx }) => void (await tx.query(SHOW, [this.id, name, text])));
  }

  race<Branches extends Readonly<Record<string, () => Promise<unknown>>>>(
    branches: Branches,
    options: StepKey = {},
  ): Promise<RaceResult<Branches>> {
    return race(this.#execution, branches, options.key) as Promise<RaceResult<Branches>>;
  }

  async map<Item, Result>(
    name: string,
    items: readonly Item[],
    { work, key, concurrency = 10, ...options }: MapOptions<Item, Result>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < items.length; index = next++) {
        const item = items[index] as Item;
        const step = { ...options, key: key(item, index) };
        results[index] = await this.step(name, (scope) => work(item, scope), step);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, lane));
    return results;
  }

  async child<Input, Output>(
    workflow: WorkflowClass<Input, Output>,
    input: Input,
    options: ChildOptions<Output> = {},
  ): Promise<Output> {
    const { name, version } = this.#execution.parts.idOf(workflow);
    const call = {
      kind: 'child',
      name: `child ${name}`,
      key: options.key,
      compensation: compensationOf(options as AnyStepOptions),
    } as const;
    const text = encodeJson(input, `the input of a child of the run "${this.id}"`);
    const deadline = options.deadline === undefined ? null : milliseconds(options.deadline);
    const result = await this.#execution.perform(call, (step) => {
      const id = options.id ?? `${this.id}/${step.fullKey}`;
      return runChild(this.#execution, step, { id, workflow: name, version, input: text, deadline, attributes: null });
    });
    return result as Output;
  }

  async waitFor<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    options: EventWaitOptions<BodyOf<B>> = {},
  ): Promise<BodyOf<B> | undefined> {
    const topic = topicOf(contract);
    if (!this.receives.has(topic)) throw notReceived(this.#execution.run.workflow, contract.channel);
    const timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    const filter = encodeJson(options.filter ?? {}, `the filter of a wait for "${topic}"`) ?? '{}';
    const found = await this.#execution.perform(
      { kind: 'event', name: `event ${contract.type}`, key: options.key },
      (step) => waitForEvent(this.#execution, step, { topic, filter, timeout }),
    );
    return (found as TakenEvent | undefined)?.body as BodyOf<B> | undefined;
  }

  #attempted(
    { kind, name, options }: { readonly kind: StepKind; readonly name: string; readonly options: AnyStepOptions },
    run: (scope: TransactionScope) => unknown,
  ): Promise<unknown> {
    const work = workOf(options, run);
    const call = { kind, name, key: options.key, compensation: compensationOf(options) };
    return this.#execution.perform(call, (step) => attempts(this.#execution, step, work));
  }
}

const SHOW = `
  insert into nestanza.workflow_shown (run_id, name, value) values ($1, $2, $3::jsonb)
  on conflict (run_id, name) do update set value = excluded.value, at = clock_timestamp()`;

/** `inventory.reserve`, wherever it is. */
function methodOf(channel: string): string {
  const { name } = parseChannel(channel);
  return name === '' ? formatChannel(parseChannel(channel)) : name;
}
