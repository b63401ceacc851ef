import { BUS_SERVICE, DURABLE_DELIVERY, nestLog } from '@nestanza/bus/internal';
import { NestanzaError, type Log } from '@nestanza/core';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { openQueueBackend, type QueueBackend } from './bullmq/backend.js';
import { SERVICE_QUEUE, type ServiceQueue } from './bullmq/service-queue.js';
import { HookExplorer } from './dead-letter/hook-explorer.js';
import { DELIVERY_DEFAULTS, type DeliveryModuleAsyncOptions, type DeliveryModuleOptions } from './delivery-options.js';
import { Delivery } from './delivery.js';
import { DeliveryInspector } from './inspector.js';
import { openStorage, type Storage } from './storage.js';
import { DELIVERY_DATA_SOURCE, KERNEL } from './tokens.js';

const OPTIONS = Symbol('nestanza:delivery-options');
const LOG = Symbol('nestanza:delivery-log');
const STORAGE = Symbol('nestanza:delivery-storage');
const QUEUE_BACKEND = Symbol('nestanza:queue-backend');

/** Makes the bus reliable: durable handlers and publishes, retries, dead letters, calls that run once. */
@Module({})
export class DeliveryModule implements OnModuleInit, BeforeApplicationShutdown {
  readonly #hooks: HookExplorer;
  readonly #delivery: Delivery;
  readonly #queue: QueueBackend;
  readonly #storage: Storage;

  constructor(
    hooks: HookExplorer,
    @Inject(DURABLE_DELIVERY) delivery: Delivery,
    @Inject(QUEUE_BACKEND) queue: QueueBackend,
    // oxlint-disable-next-line max-params -- what Nest injects into a constructor
    @Inject(STORAGE) storage: Storage,
  ) {
    this.#hooks = hooks;
    this.#delivery = delivery;
    this.#queue = queue;
    this.#storage = storage;
  }

  static forRoot(options: DeliveryModuleOptions = {}): DynamicModule {
    return declare({ provide: OPTIONS, useValue: options }, options.dataSource);
  }

  /**
   * The same with options that are injected. `dataSource` is needed before, hence it stands outside of the factory.
   * @example
   * DeliveryModule.forRootAsync({ inject: [Settings], useFactory: (settings: Settings) => ({ queue: settings.queue }) })
   */
  static forRootAsync(options: DeliveryModuleAsyncOptions): DynamicModule {
    const { inject = [], imports = [], useFactory, dataSource } = options;
    return declare({ provide: OPTIONS, inject: [...inject], useFactory }, dataSource, imports);
  }

  onModuleInit(): void {
    this.#hooks.explore();
  }

  /** Handlers and steps have ended by now; the application's own database connections have not. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#delivery.stop();
    await this.#queue.close();
    await this.#storage[Symbol.asyncDispose]();
  }
}

function declare(
  options: Provider,
  dataSource: string | undefined,
  imports: NonNullable<DynamicModule['imports']> = [],
): DynamicModule {
  return {
    module: DeliveryModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    providers: [options, log, storage(dataSource), kernel, transactions, backend, queue, hooks, delivery, inspector],
    exports: [DURABLE_DELIVERY, DeliveryInspector, SERVICE_QUEUE, KERNEL, DELIVERY_DATA_SOURCE],
  };
}

const log: FactoryProvider<Log> = {
  provide: LOG,
  inject: [OPTIONS],
  useFactory: (options: DeliveryModuleOptions) => options.log ?? nestLog('NestanzaDelivery'),
};

function storage(name: string | undefined): FactoryProvider<Storage> {
  // As getDataSourceToken of @nestjs/typeorm has it.
  const token = name === undefined || name === 'default' ? DataSource : `${name}DataSource`;
  return {
    provide: STORAGE,
    inject: [LOG, { token, optional: name === undefined }],
    useFactory: (log: Log, application?: DataSource) => openStorage(application, log),
  };
}

const kernel: FactoryProvider = {
  provide: KERNEL,
  inject: [STORAGE],
  useFactory: (storage: Storage) => storage.kernel,
};

const transactions: FactoryProvider<DataSource> = {
  provide: DELIVERY_DATA_SOURCE,
  inject: [STORAGE],
  useFactory: (storage: Storage) => storage.dataSource,
};

const backend: FactoryProvider<QueueBackend> = {
  provide: QUEUE_BACKEND,
  inject: [OPTIONS, STORAGE, LOG, { token: BUS_SERVICE, optional: true }],
  // oxlint-disable-next-line max-params -- what Nest injects into a factory
  useFactory: (options: DeliveryModuleOptions, { url, dataSource }: Storage, log: Log, service?: string) => {
    if (service === undefined) {
      throw new NestanzaError(
        'NST_DELIVERY_NO_BUS',
        'DeliveryModule needs a bus: import BusModule.forRoot({ service }) as well.',
      );
    }
    const target = options.queue ?? process.env['NESTANZA_QUEUE'] ?? DELIVERY_DEFAULTS.queue;
    return openQueueBackend({ target, url, dataSource, service, log });
  },
};

const queue: FactoryProvider<ServiceQueue> = {
  provide: SERVICE_QUEUE,
  inject: [QUEUE_BACKEND],
  useFactory: (backend: QueueBackend) => backend.queue,
};

const hooks: FactoryProvider<HookExplorer> = {
  provide: HookExplorer,
  inject: [DiscoveryService],
  useFactory: (discovery: DiscoveryService) => new HookExplorer(discovery),
};

const delivery: FactoryProvider<Delivery> = {
  provide: DURABLE_DELIVERY,
  inject: [OPTIONS, STORAGE, QUEUE_BACKEND, BUS_SERVICE, HookExplorer, LOG],
  // oxlint-disable-next-line max-params -- what Nest injects into a factory
  useFactory: (
    options: DeliveryModuleOptions,
    storage: Storage,
    queue: QueueBackend,
    service: string,
    explorer: HookExplorer,
    log: Log,
  ) => new Delivery({ service, storage, queue, options, log, hooks: (channel) => explorer.hooks(channel) }),
};

const inspector: FactoryProvider<DeliveryInspector> = {
  provide: DeliveryInspector,
  inject: [STORAGE, DURABLE_DELIVERY, SERVICE_QUEUE, BUS_SERVICE],
  // oxlint-disable-next-line max-params -- what Nest injects into a factory
  useFactory: ({ kernel }: Storage, delivery: Delivery, queue: ServiceQueue, service: string) =>
    new DeliveryInspector({ kernel, delivery, queue, service }),
};
