import {
  alertConfig,
  busConfig,
  type BusSettings,
  databaseConfig,
  type DatabaseSettings,
  httpConfig,
  queueConfig,
  type QueueSettings,
} from '@nestanza-demo/config';
import { OrderPlaced, OrderStatus } from '@nestanza-demo/contracts';
import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { WorkflowModule } from '@nestanza/workflow';
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Chat } from './chat.js';
import { CreateOrders } from './create-orders.migration.js';
import { Fulfil } from './fulfil.workflow.js';
import { HealthController } from './health.controller.js';
import { HistoryEntry } from './history-entry.entity.js';
import { OrderBook } from './order-book.js';
import { Order } from './order.entity.js';
import { OrdersController } from './orders.controller.js';
import { PlacedOrders } from './placed-orders.js';

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      ignoreEnvFile: true,
      load: [alertConfig, busConfig, databaseConfig, httpConfig, queueConfig],
    }),
    TypeOrmModule.forRootAsync({
      inject: [databaseConfig.KEY],
      useFactory: ({ url }: DatabaseSettings) =>
        dataSourceOptions({ name: 'orders', url, entities: [Order, HistoryEntry], migrations: [CreateOrders] }),
    }),
    BusModule.forRootAsync({
      inject: [busConfig.KEY],
      useFactory: ({ xmpp }: BusSettings) => ({ service: 'orders', xmpp }),
    }),
    BusModule.forFeature([{ contract: OrderPlaced, publish: 'open' }, OrderStatus]),
    DeliveryModule.forRootAsync({
      inject: [queueConfig.KEY],
      useFactory: ({ backend }: QueueSettings) => ({ queue: backend }),
    }),
    WorkflowModule.forRoot(),
  ],
  controllers: [OrdersController, HealthController],
  providers: [OrderBook, PlacedOrders, Fulfil, Chat],
})
export class AppModule {}
