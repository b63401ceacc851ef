import { rpc } from '@nestanza/contracts';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsInt, IsString, Length, ValidateNested } from 'class-validator';
import { OrderLine } from './place-order.js';

export class ReserveStock {
  @IsString()
  @Length(1, 1_000)
  orderId!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}

export class Reservation {
  @IsString()
  orderId!: string;

  /** What the goods cost together, in cents. */
  @IsInt()
  total!: number;
}

export class OutOfStock {
  @IsString()
  sku!: string;
}

/** Takes the goods off the shelf; asked again for the same order, it takes nothing more. */
export const Reserve = rpc('rpc:inventory.reserve', {
  in: ReserveStock,
  out: Reservation,
  errors: { OUT_OF_STOCK: OutOfStock },
  params: ['orderId', 'lines'],
  timeout: '5s',
  idempotent: true,
});

export class ReleaseStock {
  @IsString()
  @Length(1, 1_000)
  orderId!: string;
}

export class Released {
  @IsString()
  orderId!: string;
}

/** Puts the goods back. A reservation of this order that arrives later finds the door closed. */
export const Release = rpc('rpc:inventory.release', {
  in: ReleaseStock,
  out: Released,
  params: ['orderId'],
  timeout: '5s',
  idempotent: true,
});

export class Sku {
  @IsString()
  @Length(1, 40)
  sku!: string;
}

/** How many are left; 0 of what is unknown. */
export const Stock = rpc('rpc:inventory.stock', {
  in: Sku,
  out: Number,
  params: ['sku'],
  timeout: '5s',
  idempotent: true,
});
