import { ORDER_ID_LENGTH, OrderPlaced, PlacedOrder } from '@nestanza-demo/contracts';
import { Ctx, MessageContext, Reject, Subscribe } from '@nestanza/bus';
import { DeadLetter, OnDeadLetter, Tx } from '@nestanza/delivery';
import { Workflows } from '@nestanza/workflow';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Fulfil } from './fulfil.workflow.js';
import { OrderBook } from './order-book.js';

/** Takes what is published on `orders/placed`, by us or by anybody else. */
@Injectable()
export class PlacedOrders {
  constructor(
    private readonly book: OrderBook,
    private readonly workflows: Workflows,
  ) {}

  /** One transaction: the order's row, the started workflow, and the end of this message. */
  @Subscribe(OrderPlaced)
  async onPlaced(order: PlacedOrder, @Ctx() ctx: MessageContext, @Tx() tx: EntityManager): Promise<void> {
    const { orderId = ctx.item ?? ctx.id, customer, lines } = order;
    if (orderId.length > ORDER_ID_LENGTH)
      throw new Reject('ORDER_ID', `The item's id is longer than ${ORDER_ID_LENGTH}.`);
    await this.book.place(tx, { orderId, customer, lines, via: 'PubSub' });
    await this.workflows.start(Fulfil, { orderId, customer, lines }, { id: orderId, tx });
  }

  /** What cannot be read, or is no order, is refused under the id of its item. */
  @OnDeadLetter(OrderPlaced)
  async onRefused({ item, messageId, reason }: DeadLetter, tx: EntityManager): Promise<void> {
    await this.book.refuse(tx, { orderId: item ?? messageId, reason });
  }
}
