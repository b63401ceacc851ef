import { NestanzaError, type Log, errorText } from '@nestanza/core';
import {
  createPostgresBackend,
  Queue,
  runMigrations,
  withBackend,
  Worker,
  type Processor,
  type QueueOptions,
  type WorkerOptions,
} from 'bullmq';
import type { DataSource } from 'typeorm';
import type { ServiceJob, ServiceJobData, ServiceQueue } from './service-queue.js';

/** Schema of BullMQ's own tables. */
const SCHEMA = 'bullmq';

/** Characters that a BullMQ queue name may not have, and those that make trouble in its dashboards. */
const UNSAFE = /[^\w.-]/g;

/**
 * BullMQ's defaults take a minute to find a killed worker's job, fail it at the second time, and sleep 15 s after the
 * store was away. A job here is a short hint, so it may be found and repeated fast.
 */
const WORKER = {
  concurrency: 4,
  lockDuration: 10_000,
  stalledInterval: 2_500,
  maxStalledCount: 1_000,
  runRetryDelay: 250,
} as const satisfies Omit<WorkerOptions, 'connection'>;

export interface QueueBackendOptions {
  /** `'postgres'`, or the URL of a Redis. */
  readonly target: string;
  /** The database of the inbox. */
  readonly url: string;
  readonly dataSource: DataSource;
  readonly service: string;
  readonly log: Log;
}

/** Something with a lifetime that BullMQ made. */
export interface Closable {
  close(): Promise<void>;
}

/** One service's queue, on PostgreSQL or Redis. */
export interface QueueBackend {
  readonly queue: ServiceQueue;
  /** Begins to process jobs. */
  work(process: (job: ServiceJob) => Promise<void>): Closable;
  close(): Promise<void>;
}

/**
 * The service's queue; on PostgreSQL its tables exist.
 * @throws NestanzaError `NST_DELIVERY_REDIS_CLIENT` for a Redis without the package ioredis
 */
export async function openQueueBackend(options: QueueBackendOptions): Promise<QueueBackend> {
  const name = options.service.replace(UNSAFE, '_');
  const shared = options.target === 'postgres' ? await onPostgres(name, options) : await onRedis(name, options);
  listen(shared.queue, options.log);
  return {
    queue: shared.queue,
    work: (process) => {
      const worker = shared.worker(process);
      listen(worker, options.log);
      return worker;
    },
    close: () => shared.queue.close(),
  };
}

interface Shared {
  readonly queue: ServiceQueue;
  readonly worker: (process: Processor<ServiceJobData, void>) => Emitter & Closable;
}

interface Emitter {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** BullMQ's own tables exist in the database. Idempotent. */
export async function createQueueTables(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runMigrations(await runner.connect(), SCHEMA);
  } finally {
    await runner.release();
  }
}

async function onPostgres(name: string, { url, dataSource }: QueueBackendOptions): Promise<Shared> {
  await createQueueTables(dataSource);
  const backend = withBackend(createPostgresBackend);
  const connection = { connectionString: url, schema: SCHEMA, max: 2 };
  return {
    queue: new backend.Queue<ServiceJobData>(name, { connection }) as unknown as ServiceQueue,
    worker: (process) =>
      new backend.Worker<ServiceJobData, void>(name, process as never, { connection, ...WORKER }) as Emitter & Closable,
  };
}

async function onRedis(name: string, { target }: QueueBackendOptions): Promise<Shared> {
  try {
    await import('ioredis' as string);
  } catch (cause) {
    throw new NestanzaError('NST_DELIVERY_REDIS_CLIENT', 'A queue on Redis needs its client: npm install ioredis@5', {
      cause,
    });
  }
  const connection: QueueOptions['connection'] = { url: target, maxRetriesPerRequest: null };
  return {
    queue: new Queue<ServiceJobData>(name, { connection }),
    worker: (process) => new Worker<ServiceJobData, void>(name, process, { connection, ...WORKER }),
  };
}

/** BullMQ comes back by itself; what it missed is made good by the reconciler. */
function listen(source: Emitter, log: Log): void {
  source.on('error', (error) => log.debug('The service queue had trouble.', { error: errorText(error) }));
}
