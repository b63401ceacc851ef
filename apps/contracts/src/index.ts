export { OrderLine, PlaceOrder } from './place-order.js';
export { OrderPlaced, PlacedOrder } from './order-placed.js';
export { OrderProgress, OrderStatus, type Status } from './order-status.js';
export {
  OutOfStock,
  Release,
  Released,
  Reserve,
  Reservation,
  ReserveStock,
  ReleaseStock,
  Sku,
  Stock,
} from './inventory.js';
export { Charge, Charges, ChargeOrder, ChargesOf, Declined, Receipt } from './billing.js';
