import { errorText, NestanzaError, type Log } from '@nestanza/core';
import { Queue, Worker, type QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueMaker } from './backend.js';
import { judgeRedis } from './redis-settings.js';
import type { ServiceJobData } from './service-queue.js';

/** Milliseconds in which a server has to answer at the start. */
const PATIENCE = 3_000;

/** Milliseconds between two attempts to connect, at most. */
const RECONNECT = 1_000;

export interface RedisBackendOptions {
  /** Name of the queue. */
  readonly name: string;
  /** `redis://…` */
  readonly target: string;
  readonly log: Log;
}

/**
 * Queue and workers on Redis or Valkey. Its settings are looked at once; what would lose jobs is logged. A server that
 * is away stops nothing: rows are the messages, and BullMQ connects when it is there.
 * @throws NestanzaError `NST_DELIVERY_REDIS_CLIENT` without the package ioredis
 */
export async function redisBackend({ name, target, log }: RedisBackendOptions): Promise<QueueMaker> {
  const client = await redisClient(target);
  await checkSettings(client, log);
  // A queue fails fast while the server is away: the reconciler adds later what it could not. Workers wait.
  let leaving = false;
  const retryStrategy = (times: number) => (leaving ? null : Math.min(RECONNECT, 50 * times));
  const server = { url: target, retryStrategy };
  const producer: QueueOptions['connection'] = { ...server, maxRetriesPerRequest: 1, enableOfflineQueue: false };
  const consumer: QueueOptions['connection'] = { ...server, maxRetriesPerRequest: null };
  return {
    leave: () => {
      leaving = true;
    },
    queue: new Queue<ServiceJobData>(name, { connection: producer }),
    worker: (process, options) => new Worker<ServiceJobData, void>(name, process, { ...options, connection: consumer }),
  };
}

async function redisClient(target: string): Promise<Redis> {
  try {
    const { Redis } = await import('ioredis');
    return new Redis(target, {
      lazyConnect: true,
      connectTimeout: PATIENCE,
      commandTimeout: PATIENCE,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
    });
  } catch (cause) {
    throw new NestanzaError('NST_DELIVERY_REDIS_CLIENT', 'A queue on Redis needs its client: npm install ioredis@5', {
      cause,
    });
  }
}

async function checkSettings(client: Redis, log: Log): Promise<void> {
  // Without a listener ioredis prints to the console.
  client.on('error', (error: Error) => log.debug('Redis does not answer.', { error: errorText(error) }));
  try {
    await client.connect();
    for (const finding of judgeRedis(await client.info())) {
      const { setting, wanted, found, consequence } = finding;
      log.warn(`Redis: ${setting} should be ${wanted}, and is ${found}. ${consequence}`, { setting, wanted, found });
    }
  } catch (error) {
    log.warn('Redis does not answer; messages flow without it, and their jobs appear when it is back.', {
      error: errorText(error),
    });
  } finally {
    client.disconnect();
  }
}
