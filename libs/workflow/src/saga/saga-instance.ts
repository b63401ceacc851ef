import { faultPoint, milliseconds, NestanzaError, type Duration } from '@nestanza/core';
import type { EntityManager, ObjectLiteral } from 'typeorm';
import { encodeJson } from '../store/json.js';
import {
  endTimer,
  fireTimer,
  keepEarly,
  lockSaga,
  recordTransition,
  setTimer,
  takeEarly,
  type EarlyMessage,
} from '../store/saga.js';
import type { SagaContext } from './saga-context.js';
import { handlerFor, mayBeHandledLater, type SagaDefinition, type SagaHandler } from './saga-definition.js';

const handled = faultPoint('workflow.saga.handled');

/** A message for an instance. */
export interface SagaMessage {
  readonly topic: string;
  readonly messageId: string;
  readonly body: unknown;
}

/**
 * - `handled` the instance was changed
 * - `kept` it waits for its instance, or for a state that takes it
 * - `dropped` it came after its instance had ended, or began an instance that had begun already
 */
export type SagaOutcome = 'handled' | 'kept' | 'dropped';

/** So many messages that came early are handled in the transaction of the one that made way for them. */
const EARLY_LIMIT = 1_000;

/** One instance of a saga, locked for the length of a transaction. */
export class SagaInstance {
  readonly #saga: SagaDefinition;
  readonly #key: string;
  readonly #tx: EntityManager;
  #version: number;
  #ended: boolean;
  #entity: ObjectLiteral | undefined;

  private constructor(
    { saga, key, tx }: { readonly saga: SagaDefinition; readonly key: string; readonly tx: EntityManager },
    row: { readonly version: number; readonly ended: boolean },
    entity: ObjectLiteral | null,
  ) {
    this.#saga = saga;
    this.#key = key;
    this.#tx = tx;
    this.#version = row.version;
    this.#ended = row.ended;
    this.#entity = entity ?? undefined;
  }

  /** Waits for whoever has the instance; it is this transaction's until it ends. */
  static async lock(tx: EntityManager, saga: SagaDefinition, key: string): Promise<SagaInstance> {
    const row = await lockSaga(tx, saga.name, key);
    const where = { [saga.key]: key };
    const entity = row.ended ? null : await tx.findOne(saga.entity, { where, lock: { mode: 'pessimistic_write' } });
    return new SagaInstance({ saga, key, tx }, row, entity);
  }

  async receive(message: SagaMessage): Promise<SagaOutcome> {
    if (this.#ended) return 'dropped';
    const handler = handlerFor(this.#saga, 'message', { cause: message.topic, state: this.#state });
    if (handler === undefined) return this.#keep(message);
    await this.#handle(handler, message);
    await this.#catchUp();
    await handled();
    return 'handled';
  }

  /** @returns whether the timeout was still to be handled */
  async timeOut(name: string): Promise<boolean> {
    if (!(await fireTimer(this.#tx, { saga: this.#saga.name, key: this.#key, name }))) return false;
    if (this.#ended || this.#entity === undefined) return false;
    const handler = handlerFor(this.#saga, 'timeout', { cause: name, state: this.#state });
    if (handler === undefined) return false;
    await this.#handle(handler, undefined);
    await this.#catchUp();
    await handled();
    return true;
  }

  get #state(): string | undefined {
    return this.#entity === undefined ? undefined : String(this.#entity[this.#saga.state]);
  }

  async #keep({ topic, messageId, body }: SagaMessage): Promise<SagaOutcome> {
    if (!mayBeHandledLater(this.#saga, topic)) return 'dropped';
    const text = encodeJson(body, `a message for the saga "${this.#saga.name}"`);
    const keep = milliseconds(this.#saga.keep);
    await keepEarly(this.#tx, { saga: this.#saga.name, key: this.#key }, { topic, messageId, body: text, keep });
    return 'kept';
  }

  /** Handles what came too early and is now in time. */
  async #catchUp(): Promise<void> {
    for (let count = 0; count < EARLY_LIMIT && !this.#ended; count++) {
      const message = await takeEarly(this.#tx, { saga: this.#saga.name, key: this.#key }, this.#taken());
      if (message === undefined) return;
      const handler = handlerFor(this.#saga, 'message', { cause: message.topic, state: this.#state });
      if (handler === undefined) throw new Error(`Nothing handles "${message.topic}" any more.`);
      await this.#handle(handler, decoded(message));
    }
  }

  /** Topics that the present state takes. */
  #taken(): string[] {
    const topics = this.#saga.handlers.filter(({ kind }) => kind === 'message').map(({ cause }) => cause);
    return topics.filter((cause) => handlerFor(this.#saga, 'message', { cause, state: this.#state }) !== undefined);
  }

  async #handle(handler: SagaHandler, message: SagaMessage | undefined): Promise<void> {
    const from = this.#state;
    const entity = this.#entity ?? this.#tx.create(this.#saga.entity, { [this.#saga.key]: this.#key });
    const changes = new Changes(this.#key, message?.messageId, this.#tx);
    await handler.handle(entity, message?.body, changes);
    const to = this.#checked(handler, entity);
    this.#entity = await this.#tx.save(this.#saga.entity, entity);
    this.#version++;
    this.#ended = changes.ended;
    const { name: saga } = this.#saga;
    const cause = handler.contract?.type ?? `timeout ${handler.cause}`;
    const transition = { version: this.#version, from, to, cause, messageId: message?.messageId };
    await recordTransition(this.#tx, { saga, key: this.#key, ended: this.#ended }, transition);
    if (!this.#ended) await changes.writeTimers(saga);
  }

  /** The state a handler left the instance in. */
  #checked(handler: SagaHandler, entity: ObjectLiteral): string {
    const state: unknown = entity[this.#saga.state];
    if (typeof state === 'string' && (handler.to.length === 0 || handler.to.includes(state))) return state;
    const allowed = handler.to.length === 0 ? 'a text' : handler.to.map((name) => `"${name}"`).join(' or ');
    throw new NestanzaError(
      'NST_WORKFLOW_SAGA_STATE',
      `${handler.place} left "${this.#saga.state}" at ${JSON.stringify(state)}; it has to be ${allowed}.`,
      { facts: { saga: this.#saga.name, key: this.#key, handler: handler.place } },
    );
  }
}

function decoded({ topic, messageId, body }: EarlyMessage): SagaMessage {
  return { topic, messageId, body: body === null ? undefined : JSON.parse(body) };
}

/** What a handler asks for beside its changes of the instance. */
class Changes implements SagaContext {
  ended = false;
  readonly #timers = new Map<string, Date | number | undefined>();

  constructor(
    readonly key: string,
    readonly messageId: string | undefined,
    readonly tx: EntityManager,
  ) {}

  timeout(name: string, when: Duration | Date): void {
    this.#timers.set(name, when instanceof Date ? when : milliseconds(when));
  }

  cancelTimeout(name: string): void {
    this.#timers.set(name, undefined);
  }

  end(): void {
    this.ended = true;
  }

  async writeTimers(saga: string): Promise<void> {
    for (const [name, when] of this.#timers) {
      const timer = { saga, key: this.key, name };
      await (when === undefined ? endTimer(this.tx, timer) : setTimer(this.tx, timer, when));
    }
  }
}
