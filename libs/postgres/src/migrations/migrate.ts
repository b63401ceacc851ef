import { NestanzaError } from '@nestanza/core';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { sqlState } from '../sql-state.js';
import { guardedDriver } from '../typeorm/guarded-driver.js';

export interface MigrateOptions {
  /** Table in schema `nestanza` that lists what has run; default `migration`, that of Nestanza's own libraries. */
  readonly table?: string;
}

/** Key of the session advisory lock that one migrating process holds. */
const LOCK = 7003;
const CONNECT_PATIENCE = 10_000;

/**
 * Every migration has run, each exactly once, all missing ones in one transaction, in the order of the timestamps in
 * their names. Processes that call it at once wait for each other. Costs one short connection when nothing is missing.
 * @throws NestanzaError `NST_POSTGRES_MIGRATION` (nothing was changed) with the failed statement's error as its cause
 */
export async function migrate(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  { table = 'migration' }: MigrateOptions = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_PATIENCE });
  client.on('error', () => undefined); // its loss rejects the query under way
  await client.connect();
  try {
    if (await allRan(client, migrations, table)) return;
    await client.query('select pg_advisory_lock($1, hashtext($2))', [LOCK, table]);
    await client.query('create schema if not exists nestanza');
    await runMissing(url, migrations, table);
  } finally {
    await client.end();
  }
}

async function allRan(
  client: pg.Client,
  migrations: readonly (new () => MigrationInterface)[],
  table: string,
): Promise<boolean> {
  try {
    const { rows } = await client.query<{ name: string }>(`select name from nestanza.${pg.escapeIdentifier(table)}`);
    const ran = new Set(rows.map(({ name }) => name));
    return migrations.every(({ name }) => ran.has(name));
  } catch (error) {
    // 42P01: no such table, 3F000: no such schema
    if (sqlState(error) === '42P01' || sqlState(error) === '3F000') return false;
    throw error;
  }
}

async function runMissing(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  table: string,
): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    driver: guardedDriver(),
    url,
    schema: 'nestanza',
    migrations: [...migrations],
    migrationsTableName: table,
    migrationsTransactionMode: 'all',
    poolSize: 1,
    logger: 'debug', // prints nothing unless DEBUG=typeorm asks: what fails is in the error
  });
  try {
    await source.initialize();
    await source.runMigrations();
  } catch (cause) {
    const names = migrations.map(({ name }) => name).join(', ');
    throw new NestanzaError(
      'NST_POSTGRES_MIGRATION',
      `A migration of the database failed, nothing was changed (${names}).`,
      {
        cause,
      },
    );
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}
