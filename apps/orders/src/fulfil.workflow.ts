import { Charge, type PlaceOrder, Release, Reserve } from '@nestanza-demo/contracts';
import { alertConfig, type AlertSettings } from '@nestanza-demo/config';
import { Bus } from '@nestanza/bus';
import { errorText } from '@nestanza/core';
import { type RetryPolicy, Workflow, type WorkflowContext } from '@nestanza/workflow';
import { Inject } from '@nestjs/common';
import { OrderBook } from './order-book.js';

export interface Fulfilment extends PlaceOrder {
  readonly orderId: string;
}

/** Only an answer ends a call: while nobody answers, the order waits. A refusal (out of stock, declined) is an answer. */
const UNTIL_ANSWERED: RetryPolicy = { attempts: Infinity, maxDelay: '2s' };

/**
 * Sees an order through: stock, money, parcel. Every step is recorded, so that a killed process goes on where it was;
 * when one is refused, those before it are undone, the last one first.
 */
@Workflow()
export class Fulfil {
  constructor(
    private readonly bus: Bus,
    private readonly book: OrderBook,
    @Inject(alertConfig.KEY) private readonly alerts: AlertSettings,
  ) {}

  async run(ctx: WorkflowContext, { orderId, customer, lines }: Fulfilment): Promise<void> {
    await ctx.step('accept', ({ tx }) => this.book.note(tx, { orderId, what: 'accepted' }), {
      transaction: true,
      compensate: (_, { tx }) => this.book.progress(tx, { orderId, status: 'cancelled', what: 'cancelled' }),
    });
    try {
      const { total } = await ctx.request(
        Reserve,
        { orderId, lines },
        {
          retry: UNTIL_ANSWERED,
          compensate: (_, { idempotencyKey }) => this.bus.request(Release, { orderId }, { key: idempotencyKey }),
        },
      );
      await this.#progress(ctx, { orderId, status: 'reserved', what: `reserved, ${total} cents` });
      await ctx.request(Charge, { orderId, customer, total }, { retry: UNTIL_ANSWERED });
    } catch (error) {
      const what = reasonOf(error);
      if (Charge.isError(error, 'DECLINED')) {
        await ctx.send(`message:${this.alerts.operator}`, `Order ${orderId} is cancelled: ${what}`);
      }
      await ctx.step('explain', ({ tx }) => this.book.note(tx, { orderId, what }), { transaction: true });
      throw error;
    }
    await this.#progress(ctx, { orderId, status: 'charged', what: 'charged' });
    await this.#progress(ctx, { orderId, status: 'shipped', what: 'shipped' });
  }

  #progress(ctx: WorkflowContext, change: Parameters<OrderBook['progress']>[1]): Promise<void> {
    return ctx.step(change.status, ({ tx }) => this.book.progress(tx, change), { transaction: true });
  }
}

function reasonOf(error: unknown): string {
  if (Reserve.isError(error, 'OUT_OF_STOCK')) return `${error.data.sku} is out of stock`;
  if (Charge.isError(error, 'DECLINED')) return error.data.reason;
  return errorText(error);
}
