import { Bus, OnMessage, Payload, Subscribe } from '@nestanza/bus';
import { uniqueId } from '@nestanza/core';
import { Injectable } from '@nestjs/common';
import { Invoiced, OrderPlaced, PlacedOrder } from './orders.contracts.js';

const PRICE_IN_CENTS = 450;

@Injectable()
export class Orders {
  constructor(private readonly bus: Bus) {}

  /** Runs at least once for every order; the invoice is published together with the end of the order's message, or not at all. */
  @Subscribe(OrderPlaced)
  async onPlaced({ orderId, quantity }: PlacedOrder): Promise<void> {
    await this.bus.publish(Invoiced, { orderId, cents: quantity * PRICE_IN_CENTS });
  }

  /** Answers people: whoever writes `order 2 TEA-01` from a chat client has placed an order. */
  @OnMessage('message:orders')
  async onMessage(@Payload() said: unknown): Promise<string> {
    const [, quantity, sku] = /^order (\d{1,3}) (\S{1,40})$/i.exec(String(said).trim()) ?? [];
    if (quantity === undefined || sku === undefined) return 'Tell me what you want, for example: order 2 TEA-01';
    const orderId = uniqueId();
    await this.bus.publish(OrderPlaced, { orderId, sku: sku.toUpperCase(), quantity: Number(quantity) });
    return `Order ${orderId} is placed.`;
  }
}
