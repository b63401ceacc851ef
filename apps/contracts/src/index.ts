export { Charge, ChargeOrder, Charges, Declined, Receipt } from './billing.js';
export { Release, Reservation, Reserve, ReserveStock, Sku, Stock } from './inventory.js';
export { OrderPlaced, PlacedOrder } from './order-placed.js';
export { ORDER_ID_LENGTH, OrderReference } from './order-reference.js';
export { OrderProgress, OrderStatus, type Status } from './order-status.js';
export { OrderLine, PlaceOrder } from './place-order.js';
