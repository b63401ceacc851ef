import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { IsText } from './text.js';

export class OrderLine {
  @IsText(40)
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(1_000)
  quantity!: number;
}

/** What a customer says to place an order: the body of `POST /orders`, of a chat message and of a foreign item. */
export class PlaceOrder {
  @IsText(100)
  customer!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}
