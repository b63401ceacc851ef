import { type Bus } from '@nestanza/bus';
import { OrderPlaced, Reserve } from './contracts.js';

export async function fits(bus: Bus): Promise<void> {
  await bus.publish(OrderPlaced, { orderId: 'o-1', quantity: 1 }, { key: 'o-1', expires: '5m' });
  await bus.publish(OrderPlaced.at('pubsub.partner.example'), { orderId: 'o-1', quantity: 1 });
  await bus.publish('pubsub:orders/placed', 'anything');
}

export async function doesNotFit(bus: Bus): Promise<void> {
  await bus.publish(OrderPlaced, { orderId: 'o-1' }); // error TS2769: Property 'quantity' is missing
  await bus.publish(OrderPlaced, { orderId: 'o-1', quantity: '1' }); // error TS2769: Type 'string' is not assignable to type 'number'
  await bus.publish(OrderPlaced.at('pubsub.partner.example'), 'o-1'); // error TS2769: Argument of type 'string'
  await bus.publish(Reserve, { orderId: 'o-1' }); // error TS2769: No overload matches this call
  await bus.publish(OrderPlaced, { orderId: 'o-1', quantity: 1 }, { expires: 'soon' }); // error TS2769: Type '"soon"' is not assignable
}
