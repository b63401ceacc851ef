import { PlaceOrder, OrderPlaced } from '@nestanza-demo/contracts';
import { Bus } from '@nestanza/bus';
import { uniqueId } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { Body, Controller, Get, Headers, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { OrderBook } from './order-book.js';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly bus: Bus,
    private readonly book: OrderBook,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** The row and the event are one commit: an order that was accepted is never forgotten. */
  @Post()
  @HttpCode(202)
  async place(@Body() order: PlaceOrder, @Headers('idempotency-key') idempotencyKey?: string) {
    return runInTransaction(this.dataSource, async (tx) => {
      const { customer, lines } = order;
      const placed = await this.book.place(tx, { orderId: uniqueId(), customer, lines, idempotencyKey, via: 'HTTP' });
      if (placed.isNew) await this.bus.publish(OrderPlaced, { orderId: placed.orderId, customer, lines }, { tx });
      return { orderId: placed.orderId, status: 'placed' };
    });
  }

  @Get(':orderId')
  async find(@Param('orderId') orderId: string) {
    const order = await this.book.find(this.dataSource.manager, orderId);
    if (order === undefined) throw new NotFoundException(`There is no order ${orderId}.`);
    return order;
  }
}
