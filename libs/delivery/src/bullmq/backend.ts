import { errorText, type Log } from '@nestanza/core';
import {
  createPostgresBackend,
  runMigrations,
  withBackend,
  type Processor,
  type Queue,
  type WorkerOptions as BullWorkerOptions,
} from 'bullmq';
import type { DataSource } from 'typeorm';
import { byDeadline } from '../by-deadline.js';
import { redisBackend } from './redis-backend.js';
import type { ServiceJob, ServiceJobData, ServiceQueue } from './service-queue.js';

/** Schema of BullMQ's own tables. */
const SCHEMA = 'bullmq';

/** Characters that a BullMQ queue name may not have, and those that make trouble in its dashboards. */
const UNSAFE = /[^\w.-]/g;

/** Milliseconds after which a store that is away is left without a farewell. */
const FAREWELL = 2_000;

/** Options of BullMQ's `Worker` that are passed through. */
export type WorkerOptions = Omit<BullWorkerOptions, 'connection' | 'prefix'>;

/**
 * BullMQ's defaults take a minute to find a killed worker's job, fail it at the second time, and sleep 15 s after the
 * store was away. A job here is a hint to a row, so it may be found and repeated fast.
 */
const WORKER = {
  concurrency: 4,
  lockDuration: 10_000,
  stalledInterval: 2_500,
  maxStalledCount: 1_000,
  runRetryDelay: 250,
} as const satisfies WorkerOptions;

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
  work(process: (job: ServiceJob, token: string | undefined) => Promise<void>, options?: WorkerOptions): Closable;
  close(): Promise<void>;
}

interface Emitter {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** How a store makes a queue and its workers. */
export interface QueueMaker {
  readonly queue: Queue<ServiceJobData>;
  readonly worker: (process: Processor<ServiceJobData, void>, options: WorkerOptions) => Emitter & Closable;
  /** From now on a lost connection is not made again. */
  readonly leave: () => void;
}

/**
 * The service's queue; on PostgreSQL its tables exist.
 * @throws NestanzaError `NST_DELIVERY_REDIS_CLIENT` for a Redis without the package ioredis
 */
export async function openQueueBackend(options: QueueBackendOptions): Promise<QueueBackend> {
  const { target, service, log } = options;
  const name = service.replace(UNSAFE, '_');
  const { queue, worker, leave } =
    target === 'postgres' ? await postgresBackend(name, options) : await redisBackend({ name, target, log });
  listen(queue, log);
  return {
    queue,
    work: (process, given) => {
      const working = worker(process, { ...WORKER, ...given });
      listen(working, log);
      return { close: () => working.close() };
    },
    close: () => {
      leave();
      return byDeadline(queue.close(), AbortSignal.timeout(FAREWELL));
    },
  };
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

async function postgresBackend(name: string, { url, dataSource }: QueueBackendOptions): Promise<QueueMaker> {
  await createQueueTables(dataSource);
  const backend = withBackend(createPostgresBackend);
  const connection = { connectionString: url, schema: SCHEMA, max: 2 };
  return {
    leave: () => undefined,
    queue: new backend.Queue<ServiceJobData>(name, { connection }) as unknown as ServiceQueue,
    worker: (process, options) =>
      new backend.Worker<ServiceJobData, void>(name, process as never, { ...options, connection }),
  };
}

/** BullMQ comes back by itself; what it missed is made good by the reconciler. */
function listen(source: Emitter, log: Log): void {
  source.on('error', (error) => log.debug('The service queue had trouble.', { error: errorText(error) }));
}
