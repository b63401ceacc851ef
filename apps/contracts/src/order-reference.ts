import { IsText } from './text.js';

/** Characters of an order's id. */
export const ORDER_ID_LENGTH = 255;

export class OrderReference {
  @IsText(ORDER_ID_LENGTH)
  orderId!: string;
}
