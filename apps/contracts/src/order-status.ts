import { event } from '@nestanza/contracts';
import { IsIn } from 'class-validator';
import { OrderReference } from './order-reference.js';

const STATUSES = ['placed', 'reserved', 'charged', 'shipped', 'cancelled', 'refused'] as const;

/** `shipped`, `cancelled` and `refused` are final. */
export type Status = (typeof STATUSES)[number];

export class OrderProgress extends OrderReference {
  @IsIn(STATUSES)
  status!: Status;
}

/** What became of an order, in the order in which it happened. */
export const OrderStatus = event('pubsub:orders/status', {
  type: 'order.status.v1',
  body: OrderProgress,
  key: (progress) => progress.orderId,
});
