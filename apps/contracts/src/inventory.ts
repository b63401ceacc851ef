import { rpc } from '@nestanza/contracts';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsInt, ValidateNested } from 'class-validator';
import { OrderReference } from './order-reference.js';
import { OrderLine } from './place-order.js';
import { IsText } from './text.js';

export class ReserveStock extends OrderReference {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}

export class Reservation extends OrderReference {
  /** What the goods cost together, in cents. */
  @IsInt()
  total!: number;
}

export class Sku {
  @IsText(40)
  sku!: string;
}

/** Takes the goods off the shelf; asked again for the same order, it takes nothing more. */
export const Reserve = rpc('rpc:inventory.reserve', {
  in: ReserveStock,
  out: Reservation,
  errors: { OUT_OF_STOCK: Sku },
  params: ['orderId', 'lines'],
  timeout: '5s',
  idempotent: true,
});

/** Puts the goods back. A reservation of this order that arrives later finds the door closed. */
export const Release = rpc('rpc:inventory.release', {
  in: OrderReference,
  out: OrderReference,
  params: ['orderId'],
  timeout: '5s',
  idempotent: true,
});

/** How many are left; 0 of what is unknown. */
export const Stock = rpc('rpc:inventory.stock', {
  in: Sku,
  out: Number,
  params: ['sku'],
  timeout: '5s',
  idempotent: true,
});
