import { NestanzaError, type Log } from '@nestanza/core';
import { dataSourceOptions, migrate } from '@nestanza/postgres';
import { guardPool, Kernel } from '@nestanza/postgres/internal';
import { DataSource } from 'typeorm';
import { deliveryEntities, deliveryMigrations } from './schema/entities.js';

/** Where a service keeps its messages: one database, reached by handlers' transactions and by the kernel. */
export interface Storage extends AsyncDisposable {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly kernel: Kernel;
}

/**
 * The database of `application`, its tables migrated; without one, an own data source on `NESTANZA_DATABASE`. What was
 * opened here is closed with it.
 * @throws NestanzaError `NST_DELIVERY_DATABASE` for a data source that is no PostgreSQL
 */
export async function openStorage(application: DataSource | undefined, log: Log): Promise<Storage> {
  const dataSource = application ?? (await ownDataSource());
  try {
    if (application !== undefined) guardPool(application);
    const url = urlOf(dataSource);
    await migrate(url, deliveryMigrations);
    const kernel = await Kernel.open({ url, log });
    return {
      url,
      dataSource,
      kernel,
      [Symbol.asyncDispose]: async () => {
        await kernel.close();
        if (dataSource !== application) await dataSource.destroy();
      },
    };
  } catch (error) {
    if (dataSource !== application) await dataSource.destroy();
    throw error;
  }
}

async function ownDataSource(): Promise<DataSource> {
  const options = await dataSourceOptions({ name: 'nestanza', entities: [...deliveryEntities] });
  return new DataSource(options).initialize();
}

/** The address that a data source was made with, as one URL. */
function urlOf({ options }: DataSource): string {
  if (options.type !== 'postgres') {
    throw new NestanzaError(
      'NST_DELIVERY_DATABASE',
      `Delivery needs PostgreSQL; the data source is of type ${options.type}.`,
      {
        facts: { type: options.type },
      },
    );
  }
  if (options.url !== undefined) return options.url;
  const url = new URL('postgres://localhost');
  url.hostname = options.host ?? 'localhost';
  url.port = String(options.port ?? 5432);
  url.username = encodeURIComponent(options.username ?? '');
  if (typeof options.password === 'string') url.password = encodeURIComponent(options.password);
  url.pathname = `/${encodeURIComponent(options.database ?? '')}`;
  return url.href;
}
