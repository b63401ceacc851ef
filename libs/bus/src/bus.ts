import type { BodyClass, BodyOf, BodyType, EventContract, RpcContract, RpcErrors } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';
import type { AttributeValue } from './attributes.js';
import type { DurablePublishOptions, Receipt } from './delivery.port.js';

export interface PublishOptions extends DurablePublishOptions {
  /** CloudEvents id. Default: a new UUIDv7. */
  readonly id?: string;
  /** Ordering key. Default: the contract's `key` of the body. */
  readonly key?: string;
  /** CloudEvents type of an event on a string channel. Default: `<node>` with dots for slashes. */
  readonly type?: string;
  /** Extension attributes: names of lower-case letters and digits. */
  readonly headers?: Readonly<Record<string, AttributeValue>>;
  /** Whether an event on a string channel goes through the outbox; a contract says so itself. Default `false`. */
  readonly durable?: boolean;
  /** After this long, or from this time on, the message is dropped instead of handled. */
  readonly expires?: Duration | Date;
}

export interface SendOptions extends DurablePublishOptions {
  readonly id?: string;
  /** `false`: straight to the server, without the outbox. Default: through the outbox where `DeliveryModule` is there. */
  readonly durable?: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default: the contract's. */
  readonly timeout?: Duration;
  /** Idempotency key: repeated calls with one key have their effect once. Default: a new one per call. */
  readonly key?: string;
}

/** Functions that call the contracts they stand for. */
export type Gateway<Contracts extends Readonly<Record<string, RpcContract>>> = {
  readonly [Name in keyof Contracts]: Contracts[Name] extends RpcContract<infer In, infer Out, RpcErrors>
    ? (body: BodyOf<In>, options?: CallOptions) => Promise<BodyOf<Out>>
    : never;
};

/** Where the bus stands. */
export type BusStatus = 'stopped' | 'connecting' | 'online' | 'waiting' | 'failed' | 'draining';

/** Sends and asks. */
export abstract class Bus {
  abstract readonly status: BusStatus;
  /** Channels that a handler follows and whose node nobody has created yet; the service takes them up when they are. */
  abstract readonly waiting: readonly string[];
  /** Calls the listener at every change of `status`. */
  abstract onStatus(listener: (status: BusStatus) => void): Unsubscribe;

  /**
   * A durable event is stored in the outbox (`stored`: safe once its transaction commits); a live one is with the
   * PubSub service (`confirmed`).
   * @throws NestanzaError `NST_BUS_NO_DELIVERY` for a durable event without `DeliveryModule`
   * @throws NestanzaError `NST_XMPP_OFFLINE`, `NST_XMPP_TIMEOUT` (retryable) for a live event
   */
  abstract publish<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    body: NoInfer<BodyOf<B>>,
    options?: PublishOptions,
  ): Promise<Receipt>;
  abstract publish(channel: string, body: unknown, options?: PublishOptions): Promise<Receipt>;

  /**
   * The responder's result.
   * @throws ContractError a declared error: `Contract.isError(e, code)`
   * @throws NestanzaError `NST_BUS_CALL_REFUSED`, `NST_BUS_CALL_FAILED`, `NST_BUS_NOBODY_SERVES`, `NST_XMPP_TIMEOUT`
   */
  abstract request<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    body: NoInfer<BodyOf<In>>,
    options?: CallOptions,
  ): Promise<BodyOf<Out>>;
  abstract request(channel: string, body: unknown, options?: CallOptions): Promise<unknown>;

  /** A text goes as a chat message, anything else as a JSON container beside its text. Resolves when stored, or taken over by the own server. */
  abstract send(channel: string, body: unknown, options?: SendOptions): Promise<Receipt>;

  /** A messaging gateway: one function per contract. */
  abstract proxy<Contracts extends Readonly<Record<string, RpcContract>>>(contracts: Contracts): Gateway<Contracts>;
}
