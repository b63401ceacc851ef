import type { Channel } from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import type { Settlement } from './settlement.js';
import type { ReceivedItem, Transport } from './transport.js';

/** A TypeORM `EntityManager` inside an open transaction; opaque to the bus. */
export type TransactionHandle = object;

/** A message on its way into the inbox. */
export interface InboundMessage {
  /** Bare JID of the authenticated sender: the publisher where stamped, else the service. */
  readonly sender: string;
  /** Unique per sender. A bare item's is its node and item id together. */
  readonly id: string;
  /** Hash of the content of a bare item; empty for a CloudEvent. Another digest under the same id is a new message. */
  readonly digest: string;
  /** Ordering key. */
  readonly key: string | undefined;
  /** What is stored, and given back to `DurableSubscription.handle`; opaque to delivery. */
  readonly envelope: string;
}

/** A stored message that is due. */
export interface StoredMessage {
  readonly id: string;
  readonly sender: string;
  readonly key: string | undefined;
  readonly envelope: string;
  /** 1 for the first run. */
  readonly attempt: number;
}

/** What surrounds one run of a handler. */
export interface HandlingScope {
  /** The handler's own transaction; absent with `transaction: 'none'`. */
  readonly tx?: TransactionHandle;
  /** Aborts at the drain deadline and when the lane is lost. */
  readonly signal: AbortSignal;
}

export interface DurableOptions {
  /** `'own'` (default): the handler's effects and the message's end are one transaction. `'none'`: acknowledged in batches. */
  readonly transaction?: 'own' | 'none';
  /** `'lanes'`: in the order of each key. `'bullmq'`: a BullMQ job each, without order. Default: that of the module. */
  readonly dispatch?: 'lanes' | 'bullmq';
  /** Messages of this handler running at once in this process. Default 32. */
  readonly inflight?: number;
  /** Attempts in all, the first included. Default 11. */
  readonly retry?: { readonly attempts?: number; readonly maxAge?: Duration };
}

/** A handler that wants every message of a channel at least once, one instance of its group at a time. */
export interface DurableSubscription {
  readonly channel: Channel;
  readonly group: string;
  /** `Inventory.onPlaced`, for logs and dead letters. */
  readonly handler: string;
  /** Contract type; names the BullMQ jobs. */
  readonly type: string;
  readonly options: DurableOptions;
  /** Never throws: what cannot be read is stored as it came and rejected by `handle`. */
  receive(item: ReceivedItem): InboundMessage;
  /** Never rejects. Runs decode, validation, guards and the handler. */
  handle(message: StoredMessage, scope: HandlingScope): Promise<Settlement>;
}

/** Something to send, already encoded. */
export interface OutboundMessage {
  /** CloudEvents `id`; also the item id of a PubSub publish. */
  readonly id: string;
  readonly channel: Channel;
  readonly key: string | undefined;
  /** What is stored, and given back to `deliverOutbound`: the JSON of a CloudEvent, or of a direct message; opaque to delivery. */
  readonly envelope: string;
}

export interface DurablePublishOptions {
  /** An open transaction to join. Without one: that of the running handler or step, else one of its own. */
  readonly tx?: TransactionHandle;
}

export interface Receipt {
  readonly id: string;
  /** `stored`: safe once its transaction commits. `confirmed`: the service has it. */
  readonly state: 'stored' | 'confirmed';
}

/** One call that must have its effect once. */
export interface OnceKey {
  readonly caller: string;
  readonly method: string;
  readonly key: string;
}

/**
 * What makes the bus reliable; `DeliveryModule` fills this port. Without it a durable handler or a durable publish is
 * a start-up error.
 */
export interface DurableDelivery {
  /** Called while handlers are explored, before `start`. */
  register(subscription: DurableSubscription): void;
  /** Called once, when every module has bootstrapped and the connection has been online. */
  start(transport: Transport): Promise<void>;
  /** Takes no new work; resolves when running handlers have ended or the deadline is over. */
  stop(): Promise<void>;
  /** Stores a message in the outbox. */
  publish(message: OutboundMessage, options?: DurablePublishOptions): Promise<Receipt>;
  /**
   * Runs `handle` in a transaction that also records its text; a repeated key gets the recorded text without running.
   * Only a fulfilled `handle` is recorded.
   */
  once(key: OnceKey, handle: (tx: TransactionHandle) => Promise<string>): Promise<string>;
}

/** Injection token of the `DurableDelivery`. */
export const DURABLE_DELIVERY = Symbol('nestanza:durable-delivery');
