import { dataSourceOptions } from '@nestanza/postgres';
import { createPostgresBackend, Queue, runMigrations, withBackend, Worker, type Processor } from 'bullmq';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { inFlight } from '../in-flight.js';
import type { Contender } from '../scenario.js';
import { EFFECTS, INSERT, postgres, redis } from './stage.js';

const SCHEMA = 'bullmq';

export interface RawBullMQOptions {
  readonly store: 'postgres' | 'redis';
  readonly concurrency: number;
  /** Whether each job inserts one row in a TypeORM transaction. */
  readonly insert: boolean;
}

interface Queuing {
  readonly add: (id: string) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** BullMQ alone, as its documentation has it: a job added, and completed by a worker. */
export function rawBullMQ({ store, concurrency, insert }: RawBullMQOptions): Contender {
  return {
    name: `bullmq-${store}`,
    async open() {
      const { url } = await postgres.use();
      const dataSource = await new DataSource(await dataSourceOptions({ url, entities: [] })).initialize();
      await dataSource.query(EFFECTS);
      const waiting = new Map<string, () => void>();
      const process: Processor<{ id: string }> = async ({ data }) => {
        if (insert) await dataSource.transaction((tx) => tx.query(INSERT, [data.id]));
      };
      const completed = (id: string): void => waiting.get(id)?.();
      const name = `raw-${store}-${concurrency}-${insert}`;
      const queuing =
        store === 'postgres'
          ? await onPostgres({ name, url, concurrency, process, completed })
          : onRedis({ name, url: (await redis.use()).url, concurrency, process, completed });
      let number = 0;
      const one = () =>
        new Promise<void>((resolve, reject) => {
          const id = `${Date.now()}-${(number += 1)}`;
          waiting.set(id, () => {
            waiting.delete(id);
            resolve();
          });
          queuing.add(id).catch(reject);
        });
      return {
        work: (milliseconds) => inFlight(one, { concurrency, milliseconds }),
        async close() {
          await queuing.close();
          await dataSource.destroy();
          await postgres.leave();
          if (store === 'redis') await redis.leave();
        },
      };
    },
  };
}

interface Wiring {
  readonly name: string;
  readonly url: string;
  readonly concurrency: number;
  readonly process: Processor<{ id: string }>;
  readonly completed: (id: string) => void;
}

const JOB = { removeOnComplete: true } as const;

async function onPostgres({ name, url, concurrency, process, completed }: Wiring): Promise<Queuing> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await runMigrations(client, SCHEMA);
  await client.end();
  const bull = withBackend(createPostgresBackend);
  const connection = { connectionString: url, schema: SCHEMA };
  const queue = new bull.Queue<{ id: string }>(name, { connection });
  const worker = new bull.Worker<{ id: string }>(name, process as never, { connection, concurrency });
  worker.on('completed', ({ data }) => completed(data.id));
  return {
    add: (id) => queue.add('job', { id }, JOB),
    close: async () => Promise.all([worker.close(), queue.close()]),
  };
}

function onRedis({ name, url, concurrency, process, completed }: Wiring): Queuing {
  const connection = { url, maxRetriesPerRequest: null };
  const queue = new Queue<{ id: string }>(name, { connection });
  const worker = new Worker<{ id: string }>(name, process, { connection, concurrency });
  worker.on('completed', ({ data }) => completed(data.id));
  return {
    add: (id) => queue.add('job', { id }, JOB),
    close: async () => Promise.all([worker.close(), queue.close()]),
  };
}
