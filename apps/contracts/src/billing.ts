import { rpc } from '@nestanza/contracts';
import { IsInt, IsString, Min } from 'class-validator';
import { OrderReference } from './order-reference.js';
import { IsText } from './text.js';

export class ChargeOrder extends OrderReference {
  @IsText(100)
  customer!: string;

  /** In cents. */
  @IsInt()
  @Min(0)
  total!: number;
}

export class Receipt extends OrderReference {
  @IsInt()
  total!: number;
}

export class Declined {
  @IsString()
  reason!: string;
}

/** Takes the money. One call has one charge, however often it is repeated: the bus keeps its result. */
export const Charge = rpc('rpc:billing.charge', {
  in: ChargeOrder,
  out: Receipt,
  errors: { DECLINED: Declined },
  params: ['orderId', 'customer', 'total'],
  timeout: '5s',
  idempotent: true,
});

/** How often an order was charged: 1 for a shipped order, 0 for any other. */
export const Charges = rpc('rpc:billing.charges', {
  in: OrderReference,
  out: Number,
  params: ['orderId'],
  timeout: '5s',
  idempotent: true,
});
