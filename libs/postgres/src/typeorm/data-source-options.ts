import { type Log } from '@nestanza/core';
import { type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { openDatabase } from '../database.js';
import { migrate } from '../migrations/migrate.js';
import { guardedDriver } from './guarded-driver.js';

export type PostgresDataSourceOptions = Extract<DataSourceOptions, { readonly type: 'postgres' }>;

export interface DataSourceSettings {
  readonly entities: NonNullable<PostgresDataSourceOptions['entities']>;
  /** Have run, each once however many processes start, when the options are there. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** Of the application: names its connections in `pg_stat_activity` and its list of migrations. Default `app`. */
  readonly name?: string;
  /** `embedded` or `postgres://…`; default `NESTANZA_DATABASE`, else `embedded`. */
  readonly url?: string;
  /** Directory of the embedded parts; default `NESTANZA_DATA`, else `./.nestanza`. */
  readonly data?: string;
  readonly log?: Log;
}

/** More connections are slower: 90 give 0.6 of what 20 give, over all processes. */
const POOL_SIZE = 10;

/**
 * TypeORM options for the process's database, which is open and migrated when they are there. The data source keeps the
 * database open and gives it back when it is destroyed. Never `synchronize`.
 * @throws NestanzaError those of `openDatabase`; `NST_POSTGRES_MIGRATION`
 * @example
 * TypeOrmModule.forRootAsync({ useFactory: () => dataSourceOptions({ name: 'orders', entities: [Order], migrations: [CreateOrders1764000000000] }) })
 */
export async function dataSourceOptions(settings: DataSourceSettings): Promise<PostgresDataSourceOptions> {
  const { name = 'app', entities, migrations = [], ...where } = settings;
  const database = await openDatabase(where);
  const migrationsTableName = `${name}_migration`;
  try {
    if (migrations.length > 0) await migrate(database.url, migrations, { table: migrationsTableName });
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    type: 'postgres',
    driver: guardedDriver(() => database.close()),
    url: database.url,
    applicationName: name,
    entities,
    poolSize: POOL_SIZE,
    // gen_random_uuid() is PostgreSQL's own since 13: no extension to install, in a race with other processes.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
  };
}
