import { rpc } from '@nestanza/contracts';
import { IsInt, IsString, Length, Min } from 'class-validator';

export class ChargeOrder {
  @IsString()
  @Length(1, 1_000)
  orderId!: string;

  @IsString()
  @Length(1, 100)
  customer!: string;

  /** In cents. */
  @IsInt()
  @Min(0)
  total!: number;
}

export class Receipt {
  @IsString()
  orderId!: string;

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

export class ChargesOf {
  @IsString()
  @Length(1, 1_000)
  orderId!: string;
}

/** How often an order was charged: 1 for a shipped order, 0 for any other. */
export const Charges = rpc('rpc:billing.charges', {
  in: ChargesOf,
  out: Number,
  params: ['orderId'],
  timeout: '5s',
  idempotent: true,
});
