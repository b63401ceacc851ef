import { event, rpc } from '@nestanza/contracts';

export class OrderPlacedDto {
  orderId!: string;
  quantity!: number;
}

export class ReserveDto {
  orderId!: string;
}

export class ReservedDto {
  until!: string;
}

export class OutOfStock {
  sku!: string;
}

export const OrderPlaced = event('pubsub:orders/placed', { type: 'order.placed.v1', body: OrderPlacedDto });

export const Reserve = rpc('rpc:inventory.reserve', {
  in: ReserveDto,
  out: ReservedDto,
  errors: { OUT_OF_STOCK: OutOfStock },
  params: ['orderId'],
});

export const Stock = rpc('rpc:inventory.stock', { in: ReserveDto, out: Number });
