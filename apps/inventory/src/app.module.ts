import { busConfig, type BusSettings, databaseConfig, type DatabaseSettings } from '@nestanza-demo/config';
import { Release, Reserve, Stock } from '@nestanza-demo/contracts';
import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CreateShelf } from './create-shelf.migration.js';
import { ReservedOrder } from './reserved-order.entity.js';
import { Shelf } from './shelf.js';
import { StockItem } from './stock-item.entity.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [busConfig, databaseConfig] }),
    TypeOrmModule.forRootAsync({
      inject: [databaseConfig.KEY],
      useFactory: ({ url }: DatabaseSettings) =>
        dataSourceOptions({ name: 'inventory', url, entities: [StockItem, ReservedOrder], migrations: [CreateShelf] }),
    }),
    TypeOrmModule.forFeature([StockItem]),
    BusModule.forRootAsync({
      inject: [busConfig.KEY],
      useFactory: ({ xmpp }: BusSettings) => ({ service: 'inventory', xmpp }),
    }),
    BusModule.forFeature([Reserve, Release, Stock]),
    DeliveryModule.forRoot(),
  ],
  providers: [Shelf],
})
export class AppModule {}
