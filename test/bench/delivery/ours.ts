import { formatChannel, parseChannel } from '@nestanza/contracts';
import { silentLog } from '@nestanza/core';
import { Delivery, openQueueBackend, openStorage } from '@nestanza/delivery/internal';
import type { DurableOptions } from '@nestanza/bus';
import type { ItemListener, Transport } from '@nestanza/bus/internal';
import { dataSourceOptions } from '@nestanza/postgres';
import { DataSource, type EntityManager } from 'typeorm';
import { inFlight } from '../in-flight.js';
import type { Contender } from '../scenario.js';
import { EFFECTS, INSERT, postgres, redis } from './stage.js';

export interface OursOptions {
  readonly concurrency: number;
  readonly options: Pick<DurableOptions, 'dispatch' | 'transaction'>;
  /** Where the service queue is. Default `'postgres'`. */
  readonly queue?: 'postgres' | 'redis';
}

/** A durable handler, from the notification of an item to the end of its message. */
export function ours(name: string, { concurrency, options, queue = 'postgres' }: OursOptions): Contender {
  return {
    name,
    async open() {
      const { url } = await postgres.use();
      const target = queue === 'redis' ? (await redis.use()).url : 'postgres';
      const dataSource = await new DataSource(await dataSourceOptions({ url, entities: [] })).initialize();
      await dataSource.query(EFFECTS);
      const service = `${name}-${concurrency}`.replaceAll(/\W/g, '-');
      const storage = await openStorage(dataSource, silentLog);
      const backend = await openQueueBackend({ target, url, dataSource, service, log: silentLog });
      const delivery = new Delivery({ service, storage, queue: backend, options: {}, hooks: () => [], log: silentLog });
      const waiting = new Map<string, () => void>();
      const channel = parseChannel(`pubsub:bench/${service}`);
      delivery.register({
        channel,
        group: service,
        handler: 'Bench.handle',
        type: 'bench',
        options: { ...options, inflight: concurrency },
        receive: ({ id }) => ({ sender: 'bench@localhost', id, digest: '', key: undefined, envelope: id }),
        async handle({ id }, { tx }) {
          if (tx !== undefined) await (tx as EntityManager).query(INSERT, [id]);
          setImmediate(() => waiting.get(id)?.());
          return { outcome: 'done' };
        },
      });
      const source = new Source();
      await delivery.start(source.transport);
      let number = 0;
      const one = () =>
        new Promise<void>((resolve) => {
          const id = `${Date.now()}-${(number += 1)}`;
          waiting.set(id, () => {
            waiting.delete(id);
            resolve();
          });
          source.item(formatChannel(channel), id);
        });
      return {
        work: (milliseconds) => inFlight(one, { concurrency, milliseconds }),
        async close() {
          await delivery.stop();
          await backend.close();
          await storage[Symbol.asyncDispose]();
          await dataSource.destroy();
          await postgres.leave();
          if (queue === 'redis') await redis.leave();
        },
      };
    },
  };
}

/** A PubSub service without a network, whose nodes are empty at the start. */
class Source {
  readonly #listeners: ItemListener[] = [];
  readonly transport = {
    connection: { status: { state: 'online' }, onStatus: () => () => undefined },
    subscribe: (_: unknown, listener: ItemListener) => {
      this.#listeners.push(listener);
      listener.onSubscribed();
      return () => undefined;
    },
    items: () => Promise.resolve({ items: [], older: undefined }),
  } as unknown as Transport;

  item(node: string, id: string): void {
    const item = { service: 'pubsub.localhost', node, id, payload: undefined, publisher: undefined };
    for (const listener of this.#listeners) listener.onItem(item);
  }
}
