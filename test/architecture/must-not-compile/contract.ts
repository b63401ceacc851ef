import { event, rpc } from '@nestanza/contracts';
import { OrderPlacedDto, ReserveDto } from './contracts.js';

export const keyOfNothing = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: OrderPlacedDto,
  key: (order) => order.customer, // error TS2339: Property 'customer' does not exist on type 'OrderPlacedDto'
});

export const keyOfNumber = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: OrderPlacedDto,
  key: (order) => order.quantity, // error TS2322: Type 'number' is not assignable to type 'string'
});

export const typeless = event('pubsub:orders/placed', { body: OrderPlacedDto }); // error TS2345: Property 'type' is missing

export const strangeParameter = rpc('rpc:inventory.reserve', {
  in: ReserveDto,
  params: ['sku'], // error TS2322: Type '"sku"' is not assignable to type '"orderId"'
});

export const strangeTimeout = rpc('rpc:inventory.reserve', {
  in: ReserveDto,
  timeout: '5 seconds', // error TS2322: Type '"5 seconds"' is not assignable
});
