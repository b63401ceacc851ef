import { migrate } from '@nestanza/postgres';
import { DataSource } from 'typeorm';
import { createQueueTables } from './bullmq/backend.js';
import { deliveryMigrations } from './schema/entities.js';

/** The tables of delivery and of a service queue on PostgreSQL exist, as after the start of a service. Idempotent. */
export async function prepareDatabase(url: string): Promise<void> {
  await migrate(url, deliveryMigrations);
  const dataSource = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  try {
    await createQueueTables(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
