import { alertConfig, busConfig, type BusSettings, databaseConfig, type DatabaseSettings } from '@nestanza-demo/config';
import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CreateOutages } from './create-outages.migration.js';
import { Watchman } from './watchman.js';
import { Outage } from './outage.entity.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [alertConfig, busConfig, databaseConfig] }),
    TypeOrmModule.forRootAsync({
      inject: [databaseConfig.KEY],
      useFactory: ({ url }: DatabaseSettings) =>
        dataSourceOptions({ name: 'monitor', url, entities: [Outage], migrations: [CreateOutages] }),
    }),
    BusModule.forRootAsync({
      inject: [busConfig.KEY],
      useFactory: ({ xmpp }: BusSettings) => ({ service: 'monitor', xmpp }),
    }),
    DeliveryModule.forRoot(),
  ],
  providers: [Watchman],
})
export class AppModule {}
