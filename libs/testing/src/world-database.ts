import { prepareDatabase } from '@nestanza/delivery/internal';
import { deliveryMigrations } from '@nestanza/delivery';
import { migrate } from '@nestanza/postgres';
import { kernelMigrations, temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { workflowMigrations } from '@nestanza/workflow';

const migrations = [...kernelMigrations, ...deliveryMigrations, ...workflowMigrations];

/** Changes with every change of a table, so that an old template is never taken for a new one. */
const identity = migrations.map((migration) => String(migration)).join('\n');

/** A database of its own with the tables of all libraries in it. */
export function worldDatabase(): Promise<TemporaryDatabase> {
  return temporaryDatabase({
    identity,
    prepare: async (url) => {
      await migrate(url, kernelMigrations);
      await prepareDatabase(url);
      await migrate(url, workflowMigrations);
    },
  });
}
