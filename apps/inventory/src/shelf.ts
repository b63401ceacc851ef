import { Reservation, Release, OrderReference, Reserve, ReserveStock, Sku, Stock } from '@nestanza-demo/contracts';
import { Reject, Respond } from '@nestanza/bus';
import { Tx } from '@nestanza/delivery';
import { afterCommit } from '@nestanza/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, MoreThanOrEqual, Repository } from 'typeorm';
import { ReservedOrder } from './reserved-order.entity.js';
import { StockItem } from './stock-item.entity.js';

/** Answers calls about stock. Each call is one transaction: an error thrown here puts everything back. */
@Injectable()
export class Shelf {
  readonly #log = new Logger(Shelf.name);

  constructor(@InjectRepository(StockItem) private readonly items: Repository<StockItem>) {}

  @Respond(Stock)
  async stock({ sku }: Sku): Promise<number> {
    const item = await this.items.findOneBy({ sku });
    return item?.available ?? 0;
  }

  @Respond(Reserve)
  async reserve({ orderId, lines }: ReserveStock, @Tx() tx: EntityManager): Promise<Reservation> {
    // The row of this order comes first: a second call for the same order waits here for the first.
    const isNew = await this.#open(tx, { orderId, lines, total: 0, released: false });
    if (!isNew) return this.#reservedBefore(tx, orderId);

    const prices = await this.#prices(tx, lines);
    let total = 0;
    // Always in the same order, so that two orders never wait for each other.
    for (const { sku, quantity } of lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))) {
      const taken = await tx.decrement(StockItem, { sku, available: MoreThanOrEqual(quantity) }, 'available', quantity);
      if (taken.affected !== 1) throw Reserve.error('OUT_OF_STOCK', { sku });
      total += quantity * prices.get(sku)!;
    }
    await tx.update(ReservedOrder, { orderId }, { total });
    afterCommit(() => this.#log.log(`reserved ${describe(lines)}`, { orderId }));
    return { orderId, total };
  }

  @Respond(Release)
  async release({ orderId }: OrderReference, @Tx() tx: EntityManager): Promise<OrderReference> {
    const nothingReserved = await this.#open(tx, { orderId, lines: [], total: 0, released: true });
    if (nothingReserved) return { orderId };

    const order = await this.#locked(tx, orderId);
    if (order.released) return { orderId };
    for (const { sku, quantity } of order.lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))) {
      await tx.increment(StockItem, { sku }, 'available', quantity);
    }
    await tx.update(ReservedOrder, { orderId }, { released: true });
    afterCommit(() => this.#log.log(`released ${describe(order.lines)}`, { orderId }));
    return { orderId };
  }

  /** Inserts the order's row; false when it has one already. */
  async #open(tx: EntityManager, order: ReservedOrder): Promise<boolean> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(ReservedOrder)
      .values(order)
      .orIgnore()
      .returning('order_id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  async #reservedBefore(tx: EntityManager, orderId: string): Promise<Reservation> {
    const order = await this.#locked(tx, orderId);
    if (order.released) throw new Reject('RELEASED', `Order ${orderId} has been released; it takes nothing any more.`);
    return { orderId, total: order.total };
  }

  #locked(tx: EntityManager, orderId: string): Promise<ReservedOrder> {
    return tx.findOneOrFail(ReservedOrder, { where: { orderId }, lock: { mode: 'pessimistic_write' } });
  }

  async #prices(tx: EntityManager, lines: ReserveStock['lines']): Promise<ReadonlyMap<string, number>> {
    const items = await tx.findBy(StockItem, { sku: In(lines.map((line) => line.sku)) });
    return new Map(items.map(({ sku, price }) => [sku, price]));
  }
}

function describe(lines: ReserveStock['lines']): string {
  return lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
}
