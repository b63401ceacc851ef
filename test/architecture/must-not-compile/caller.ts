import { type Bus } from '@nestanza/bus';
import { OrderPlaced, Reserve, Stock, type ReservedDto } from './contracts.js';

export async function fits(bus: Bus, thrown: unknown): Promise<void> {
  const reserved: ReservedDto = await bus.request(Reserve, { orderId: 'o-1' });
  const stock: number = await bus.request(Stock, { orderId: reserved.until }, { timeout: stockTimeout });
  const inventory = bus.proxy({ reserve: Reserve, stock: Stock });
  const viaProxy: ReservedDto = await inventory.reserve({ orderId: String(stock) });
  if (Reserve.isError(thrown, 'OUT_OF_STOCK')) void (thrown.data.sku satisfies string);
  throw Reserve.error('OUT_OF_STOCK', { sku: viaProxy.until });
}

const stockTimeout = '2s';

export async function doesNotFit(bus: Bus, thrown: unknown): Promise<void> {
  await bus.request(Reserve, { order: 'o-1' }); // error TS2769: 'order' does not exist in type 'ReserveDto'
  await bus.request(OrderPlaced, { orderId: 'o-1', quantity: 1 }); // error TS2769: No overload matches this call
  const wrong: number = await bus.request(Reserve, { orderId: 'o-1' }); // error TS2322: Type 'ReservedDto' is not assignable to type 'number'
  const inventory = bus.proxy({ reserve: Reserve });
  await inventory.reserve({ orderId: wrong }); // error TS2322: Type 'number' is not assignable to type 'string'
  await inventory.release({ orderId: 'o-1' }); // error TS2339: Property 'release' does not exist
  Reserve.isError(thrown, 'NO_MONEY'); // error TS2345: Argument of type '"NO_MONEY"'
  Reserve.error('OUT_OF_STOCK', { name: 'TEA-01' }); // error TS2353: 'name' does not exist in type 'OutOfStock'
}
