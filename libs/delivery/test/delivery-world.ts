import type { DurableOptions, Settlement } from '@nestanza/bus';
import type { DurableSubscription, HandlingScope, OutboundMessage, StoredMessage } from '@nestanza/bus/internal';
import { parseChannel } from '@nestanza/contracts';
import { silentLog, type Log } from '@nestanza/core';
import { dataSourceOptions } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { DataSource, type EntityManager } from 'typeorm';
import type { BullMQOptions } from '../src/bullmq/dispatch-options.js';
import { openQueueBackend, type QueueBackend } from '../src/bullmq/backend.js';
import type { DeadLetterHook } from '../src/dead-letter/on-dead-letter.decorator.js';
import { Delivery } from '../src/delivery.js';
import { DeliveryInspector } from '../src/inspector.js';
import { deliveryEntities } from '../src/schema/entities.js';
import { openStorage, type Storage } from '../src/storage.js';
import { FakeTransport } from './fake-transport.js';

export const CHANNEL = 'pubsub:orders/placed';

export interface WorldOptions {
  readonly url: string;
  readonly handle: (message: StoredMessage, scope: HandlingScope & { readonly tx: EntityManager }) => Promise<unknown>;
  readonly options?: DurableOptions;
  readonly transport?: FakeTransport;
  readonly hooks?: readonly DeadLetterHook[];
  readonly strayWrites?: 'warn' | 'throw';
  readonly queue?: string;
  readonly bullmq?: BullMQOptions;
  readonly log?: Log;
}

/** One process of a service with one durable handler, on a real database and a PubSub service in memory. */
export interface World extends AsyncDisposable {
  readonly delivery: Delivery;
  readonly inspector: DeliveryInspector;
  readonly transport: FakeTransport;
  readonly storage: Storage;
  readonly dataSource: DataSource;
  readonly queue: QueueBackend;
  stop(): Promise<void>;
}

/** Text of an item: `{ key?, text }`. */
export const body = (text: string, key?: string): string => JSON.stringify({ text, ...(key !== undefined && { key }) });

export const textOf = ({ envelope }: StoredMessage): string => (JSON.parse(envelope) as { text: string }).text;

export function subscription({ handle, options = {} }: Pick<WorldOptions, 'handle' | 'options'>): DurableSubscription {
  return {
    channel: parseChannel(CHANNEL),
    group: 'orders',
    handler: 'Orders.onPlaced',
    type: 'order.placed.v1',
    options,
    receive: ({ service, publisher, id, payload }) => {
      const envelope = payload?.text ?? '';
      const { key } = JSON.parse(envelope) as { key?: string };
      return { sender: publisher ?? service, id, digest: '', key, envelope };
    },
    handle: async (message, scope): Promise<Settlement> => {
      try {
        return {
          outcome: 'done',
          result: await handle(message, scope as HandlingScope & { readonly tx: EntityManager }),
        };
      } catch (error) {
        return settle(error as Error);
      }
    },
  };
}

function settle(error: Error): Settlement {
  if ('at' in error) return { outcome: 'later', at: error.at as number, error };
  return 'reject' in error
    ? { outcome: 'reject', code: String(error.reject), reason: error.message, error }
    : { outcome: 'retry', error };
}

export async function openWorld(world: WorldOptions): Promise<World> {
  const { url, transport = new FakeTransport(), hooks = [], strayWrites = 'warn', log = silentLog } = world;
  const dataSource = await new DataSource(
    await dataSourceOptions({ url, entities: [...deliveryEntities] }),
  ).initialize();
  const storage = await openStorage(dataSource, log);
  const queue = await openQueueBackend({ target: world.queue ?? 'postgres', url, dataSource, service: 'orders', log });
  const delivery = new Delivery({
    service: 'orders',
    storage,
    queue,
    options: { strayWrites, drainTimeout: '2s', ...(world.bullmq && { bullmq: world.bullmq }) },
    hooks: (channel) => (channel === CHANNEL ? hooks : []),
    log,
  });
  delivery.register(subscription(world));
  await delivery.start(transport);
  const inspector = new DeliveryInspector({ kernel: storage.kernel, delivery, queue: queue.queue, service: 'orders' });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await delivery.stop();
    await queue.close();
    await storage[Symbol.asyncDispose]();
    await dataSource.destroy();
  };
  return {
    delivery,
    inspector,
    transport,
    storage,
    dataSource,
    queue,
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

/** Resolves when the condition holds; rejects after `deadline` milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, deadline = 10_000): Promise<void> {
  const end = Date.now() + deadline;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not true within ${deadline} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The worlds of one test on one fresh database, with a table `effect` for what handlers do. */
export class Worlds {
  readonly #database: TemporaryDatabase;
  readonly #open: World[] = [];

  private constructor(database: TemporaryDatabase) {
    this.#database = database;
  }

  static async open(): Promise<Worlds> {
    return new Worlds(await temporaryDatabase());
  }

  async open(options: Omit<WorldOptions, 'url'>): Promise<World> {
    const world = await openWorld({ url: this.#database.url, ...options });
    this.#open.push(world);
    await world.dataSource.query('create table if not exists effect (id serial primary key, text text)');
    return world;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((world) => world.stop()));
    await this.#database.close();
  }
}

export async function count({ dataSource }: World, table: string): Promise<number> {
  const [row] = await dataSource.query<{ n: number }[]>(`select count(*)::int n from ${table}`);
  return row?.n ?? -1;
}

/** Texts of the table `effect`, oldest first. */
export async function effects({ dataSource }: World): Promise<string[]> {
  return (await dataSource.query<{ text: string }[]>('select text from effect order by id')).map(({ text }) => text);
}

/** A message to publish. */
export const outgoing = (id: string, key?: string): OutboundMessage => ({
  id,
  key,
  channel: parseChannel('pubsub:orders/status'),
  envelope: `"${id}"`,
});

/** What a handler throws that refuses its message for good. */
export const rejection = (code: string, text: string): Error => Object.assign(new Error(text), { reject: code });
