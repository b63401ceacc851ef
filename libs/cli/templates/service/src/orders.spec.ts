import { createWorld } from '@nestanza/testing';
import { describe, expect, it } from '@jest/globals';
import { AppModule } from './app.module.js';
import { Invoiced, OrderPlaced } from './orders.contracts.js';

describe('an order', () => {
  it('is invoiced once', async () => {
    await using world = await createWorld({ imports: [AppModule] });
    await world.publish(OrderPlaced, { orderId: 'o-1', sku: 'TEA-01', quantity: 2 });
    await world.quiet();
    expect(world.published(Invoiced)).toEqual([{ orderId: 'o-1', cents: 900 }]);
  });

  it('can be placed in words', async () => {
    await using world = await createWorld({ imports: [AppModule] });
    await world.send('orders', 'order 3 cup-02');
    await world.quiet();
    expect(world.published(OrderPlaced)).toEqual([{ orderId: expect.any(String), sku: 'CUP-02', quantity: 3 }]);
  });
});
