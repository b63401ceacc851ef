import { event } from '@nestanza/contracts';
import { IsIn, IsString } from 'class-validator';

/** `shipped`, `cancelled` and `refused` are final. */
export type Status = 'placed' | 'reserved' | 'charged' | 'shipped' | 'cancelled' | 'refused';

export class OrderProgress {
  @IsString()
  orderId!: string;

  @IsIn(['placed', 'reserved', 'charged', 'shipped', 'cancelled', 'refused'])
  status!: Status;
}

/** What became of an order, in the order in which it happened. */
export const OrderStatus = event('pubsub:orders/status', {
  type: 'order.status.v1',
  body: OrderProgress,
  key: (progress) => progress.orderId,
});
