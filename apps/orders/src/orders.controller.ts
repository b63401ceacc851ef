import { OrderPlaced, OrderReference, PlaceOrder } from '@nestanza-demo/contracts';
import { Bus } from '@nestanza/bus';
import { uniqueId } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { OrderBook } from './order-book.js';

/** Characters of an Idempotency-Key. */
const KEY_LENGTH = 255;

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
  async place(@Body() order: PlaceOrder, @Headers('idempotency-key') key = '') {
    if (key.length > KEY_LENGTH) throw new BadRequestException(`Idempotency-Key is longer than ${KEY_LENGTH}.`);
    const { customer, lines } = order;
    const idempotencyKey = key === '' ? undefined : key;
    return runInTransaction(this.dataSource, async (tx) => {
      const placed = await this.book.place(tx, { orderId: uniqueId(), customer, lines, idempotencyKey, via: 'HTTP' });
      if (placed.isNew) await this.bus.publish(OrderPlaced, { orderId: placed.orderId, customer, lines }, { tx });
      return { orderId: placed.orderId, status: 'placed' };
    });
  }

  @Get(':orderId')
  async find(@Param() { orderId }: OrderReference) {
    const order = await this.book.find(this.dataSource.manager, orderId);
    if (order === undefined) throw new NotFoundException(`There is no order ${orderId}.`);
    return order;
  }
}
