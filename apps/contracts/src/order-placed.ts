import { event } from '@nestanza/contracts';
import { IsOptional } from 'class-validator';
import { ORDER_ID_LENGTH } from './order-reference.js';
import { PlaceOrder } from './place-order.js';
import { IsText } from './text.js';

export class PlacedOrder extends PlaceOrder {
  /** Left out by foreign publishers: then the id of the item is the id of the order. */
  @IsOptional()
  @IsText(ORDER_ID_LENGTH)
  orderId?: string;
}

/** Somebody wants something. Whoever may publish here may place an order. */
export const OrderPlaced = event('pubsub:orders/placed', { type: 'order.placed.v1', body: PlacedOrder });
