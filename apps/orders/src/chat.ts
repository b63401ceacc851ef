import { OrderPlaced, PlacedOrder } from '@nestanza-demo/contracts';
import { Bus, OnMessage, Payload, Sender } from '@nestanza/bus';
import { uniqueId } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { OrderBook } from './order-book.js';
import { readChatOrder } from './read-chat-order.js';

const HELP =
  'Tell me what you want, for example: order 2 TEA-01, 1 CUP-02. JSON will do, too: {"customer":"ada","lines":[{"sku":"TEA-01","quantity":2}]}';

/** Orders from people: a chat message in words or in JSON, answered in words. */
@Injectable()
export class Chat {
  constructor(
    private readonly bus: Bus,
    private readonly book: OrderBook,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  @OnMessage('message:orders')
  async onMessage(@Payload() said: unknown, @Sender() sender: string): Promise<string> {
    const read = readChatOrder(said, sender);
    if (read === undefined) return HELP;
    if (read.faults.length > 0) return `I cannot take that order: ${read.faults.join('; ')}.`;
    const orderId = await this.#place(read.order);
    return `Order ${orderId} is placed. I am on it.`;
  }

  #place({ orderId: wanted, customer, lines }: PlacedOrder): Promise<string> {
    return runInTransaction(this.dataSource, async (tx) => {
      const { orderId, isNew } = await this.book.place(tx, {
        orderId: wanted ?? uniqueId(),
        customer,
        lines,
        via: 'chat',
      });
      if (isNew) await this.bus.publish(OrderPlaced, { orderId, customer, lines }, { tx });
      return orderId;
    });
  }
}
