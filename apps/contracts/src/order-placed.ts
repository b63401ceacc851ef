import { event } from '@nestanza/contracts';
import { IsOptional, IsString, Length } from 'class-validator';
import { PlaceOrder } from './place-order.js';

export class PlacedOrder extends PlaceOrder {
  /** Left out by foreign publishers: then the id of the item is the id of the order. */
  @IsOptional()
  @IsString()
  @Length(1, 1_000)
  orderId?: string;
}

/** Somebody wants something. Whoever may publish here may place an order. */
export const OrderPlaced = event('pubsub:orders/placed', { type: 'order.placed.v1', body: PlacedOrder });
