import { ours } from './delivery/ours.js';
import { rawBullMQ } from './delivery/raw-bullmq.js';
import type { Group, Scenario } from './scenario.js';

/** Messages that are only handled: taken in, run, ended. */
function bare(concurrency: number): Group {
  return {
    concurrency,
    ours: [ours('lanes, none', { concurrency, options: { dispatch: 'lanes', transaction: 'none' } })],
    peers: [
      rawBullMQ({ store: 'postgres', concurrency, insert: false }),
      rawBullMQ({ store: 'redis', concurrency, insert: false }),
    ],
  };
}

/** Handlers that insert one row: ours in the transaction that ends the message, the peers in one of their own. */
function inserting(concurrency: number): Group {
  const own = (dispatch: 'lanes' | 'bullmq') => ({ concurrency, options: { dispatch, transaction: 'own' } as const });
  return {
    concurrency,
    ours: [
      ours('lanes, own transaction', own('lanes')),
      ours('bullmq dispatch, own transaction', own('bullmq')),
      ours('bullmq dispatch on redis, own transaction', { ...own('bullmq'), queue: 'redis' }),
    ],
    peers: [
      rawBullMQ({ store: 'postgres', concurrency, insert: true }),
      rawBullMQ({ store: 'redis', concurrency, insert: true }),
    ],
  };
}

/** From the notification of a message to its end, in one process, on a PostgreSQL whose commits are on the disk. */
export const scenario: Scenario = { groups: [bare(10), bare(100), inserting(10), inserting(100)] };
