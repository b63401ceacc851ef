import { OrderStatus, type PlaceOrder, type Status } from '@nestanza-demo/contracts';
import { Bus } from '@nestanza/bus';
import { afterCommit } from '@nestanza/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { HistoryEntry } from './history-entry.entity.js';
import { canBecome } from './order-lifecycle.js';
import { Order } from './order.entity.js';

export interface NewOrder extends PlaceOrder {
  readonly orderId: string;
  readonly idempotencyKey?: string | undefined;
  /** How it reached us, for the history. */
  readonly via: string;
}

export interface OrderView {
  readonly orderId: string;
  readonly status: Status;
  readonly history: readonly { readonly at: Date; readonly what: string }[];
}

/** The rows of orders. Every change publishes the new status, in the transaction that makes it. */
@Injectable()
export class OrderBook {
  readonly #log = new Logger(OrderBook.name);

  constructor(private readonly bus: Bus) {}

  /** The id under which the order stands: its own, or that of the earlier order with this idempotency key. */
  async place(tx: EntityManager, order: NewOrder): Promise<{ orderId: string; isNew: boolean }> {
    const { orderId, customer, lines, idempotencyKey = null, via } = order;
    const isNew = await this.#insert(tx, { id: orderId, customer, lines, status: 'placed', idempotencyKey });
    if (isNew) {
      const what = lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
      await this.#record(tx, { orderId, status: 'placed', what: `placed over ${via}: ${what} for ${customer}` });
      return { orderId, isNew };
    }
    const earlier = await tx.findOneByOrFail(Order, idempotencyKey === null ? { id: orderId } : { idempotencyKey });
    return { orderId: earlier.id, isNew };
  }

  /** The order and what happened to it so far; `undefined` for one that nobody placed. */
  async find(db: EntityManager, orderId: string): Promise<OrderView | undefined> {
    const order = await db.findOneBy(Order, { id: orderId });
    if (order === null) return undefined;
    const history = await db.find(HistoryEntry, { where: { orderId }, order: { id: 'ASC' } });
    return { orderId, status: order.status, history: history.map(({ at, what }) => ({ at, what })) };
  }

  /** The order has this status from now on; nothing happens where it cannot come to it from where it is. */
  async progress(tx: EntityManager, { orderId, status, what }: Change): Promise<void> {
    const order = await tx.findOneOrFail(Order, { where: { id: orderId }, lock: { mode: 'pessimistic_write' } });
    if (!canBecome(order.status, status)) return;
    await tx.update(Order, { id: orderId }, { status });
    await this.#record(tx, { orderId, status, what });
  }

  /** Adds a line to the order's history; its status stays. */
  async note(tx: EntityManager, { orderId, what }: { orderId: string; what: string }): Promise<void> {
    await tx.insert(HistoryEntry, { orderId, what });
    afterCommit(() => this.#log.log(what, { orderId }));
  }

  /** An order that could not be read, or handled, stands as refused. */
  async refuse(tx: EntityManager, { orderId, reason }: { orderId: string; reason: string }): Promise<void> {
    const change = { orderId, status: 'refused', what: `refused: ${reason}` } as const;
    const isNew = await this.#insert(tx, {
      id: orderId,
      customer: null,
      lines: null,
      status: 'refused',
      idempotencyKey: null,
    });
    await (isNew ? this.#record(tx, change) : this.progress(tx, change));
  }

  async #insert(tx: EntityManager, order: Order): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(Order)
      .values(order)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  async #record(tx: EntityManager, { orderId, status, what }: Change): Promise<void> {
    await this.note(tx, { orderId, what });
    await this.bus.publish(OrderStatus, { orderId, status }, { tx });
  }
}

interface Change {
  readonly orderId: string;
  readonly status: Status;
  readonly what: string;
}
