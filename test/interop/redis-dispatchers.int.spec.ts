import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { Redis } from 'ioredis';
import { dispatcherContract } from '../../libs/delivery/test/dispatcher.contract.js';
import { startRedis, type RedisServer } from './servers/redis.js';

let redis: RedisServer;
let client: Redis;

const queue = () => redis.url;

beforeAll(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
});

// Each test has a database of its own, whose queue is empty at first.
beforeEach(async () => {
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await redis[Symbol.asyncDispose]();
});

dispatcherContract('lanes on Redis', { dispatch: 'lanes', queue, orderPerKey: true, priority: false });
dispatcherContract('bullmq on Redis', { dispatch: 'bullmq', queue, orderPerKey: false, priority: true });
