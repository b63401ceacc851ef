import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { Module } from '@nestjs/common';
import { Orders } from './orders.js';
import { Invoiced, OrderPlaced } from './orders.contracts.js';

@Module({
  imports: [
    BusModule.forRoot({ service: 'orders' }),
    BusModule.forFeature([{ contract: OrderPlaced, publish: 'open' }, Invoiced]), // the nodes this service owns
    DeliveryModule.forRoot(),
  ],
  providers: [Orders],
})
export class AppModule {}
