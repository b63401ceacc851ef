import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataSourceOptions, type DataSourceSettings } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import { CreateLedger } from '../../apps/billing/src/create-ledger.migration.js';
import { LedgerEntry } from '../../apps/billing/src/ledger-entry.entity.js';
import { CreateShelf } from '../../apps/inventory/src/create-shelf.migration.js';
import { ReservedOrder } from '../../apps/inventory/src/reserved-order.entity.js';
import { StockItem } from '../../apps/inventory/src/stock-item.entity.js';
import { CreateOutages } from '../../apps/monitor/src/create-outages.migration.js';
import { Outage } from '../../apps/monitor/src/outage.entity.js';
import { CreateOrders } from '../../apps/orders/src/create-orders.migration.js';
import { HistoryEntry } from '../../apps/orders/src/history-entry.entity.js';
import { Order } from '../../apps/orders/src/order.entity.js';

const APPS: Readonly<Record<string, Pick<DataSourceSettings, 'entities' | 'migrations'>>> = {
  orders: { entities: [Order, HistoryEntry], migrations: [CreateOrders] },
  inventory: { entities: [StockItem, ReservedOrder], migrations: [CreateShelf] },
  billing: { entities: [LedgerEntry], migrations: [CreateLedger] },
  monitor: { entities: [Outage], migrations: [CreateOutages] },
};

describe('the tables of the demo', () => {
  let database: TemporaryDatabase;

  beforeAll(async () => {
    database = await temporaryDatabase();
  }, 60_000);

  afterAll(() => database.close());

  it.each(Object.keys(APPS))('of %s are what its entities say, after its migrations', async (name) => {
    const options = await dataSourceOptions({ ...APPS[name]!, name, url: database.url });
    const source = await new DataSource(options).initialize();
    try {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await source.destroy();
    }
  });
});
