import { event } from '@nestanza/contracts';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

export class PlacedOrder {
  @IsString()
  @Length(1, 40)
  orderId!: string;

  @IsString()
  @Length(1, 40)
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(1_000)
  quantity!: number;
}

export class Invoice {
  @IsString()
  orderId!: string;

  @IsInt()
  cents!: number;
}

/** Somebody ordered something. Events of one order are handled in their order. */
export const OrderPlaced = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: PlacedOrder,
  key: ({ orderId }) => orderId,
});

export const Invoiced = event('pubsub:orders/invoiced', { type: 'order.invoiced.v1', body: Invoice });
