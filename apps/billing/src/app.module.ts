import { busConfig, type BusSettings, databaseConfig, type DatabaseSettings } from '@nestanza-demo/config';
import { Charge, Charges } from '@nestanza-demo/contracts';
import { BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CreateLedger } from './create-ledger.migration.js';
import { Bank } from './bank.js';
import { LedgerEntry } from './ledger-entry.entity.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [busConfig, databaseConfig] }),
    TypeOrmModule.forRootAsync({
      inject: [databaseConfig.KEY],
      useFactory: ({ url }: DatabaseSettings) =>
        dataSourceOptions({ name: 'billing', url, entities: [LedgerEntry], migrations: [CreateLedger] }),
    }),
    TypeOrmModule.forFeature([LedgerEntry]),
    BusModule.forRootAsync({
      inject: [busConfig.KEY],
      useFactory: ({ xmpp }: BusSettings) => ({ service: 'billing', xmpp }),
    }),
    BusModule.forFeature([Charge, Charges]),
    DeliveryModule.forRoot(),
  ],
  providers: [Bank],
})
export class AppModule {}
