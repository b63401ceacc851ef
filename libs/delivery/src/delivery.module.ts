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
import { SERVICE_QUEUE } from './bullmq/service-queue.js';
import { HookExplorer } from './dead-letter/hook-explorer.js';
import { DELIVERY_DEFAULTS, type DeliveryModuleAsyncOptions, type DeliveryModuleOptions } from './delivery-options.js';
import { Delivery, type DeliveryParts } from './delivery.js';
import { DeliveryInspector } from './inspector.js';
import { openStorage, type Storage } from './storage.js';
import { DELIVERY_DATA_SOURCE, DELIVERY_OVERRIDES, KERNEL } from './tokens.js';

const OPTIONS = Symbol('nestanza:delivery-options');
const SETTINGS = Symbol('nestanza:delivery-settings');
const STORAGE = Symbol('nestanza:delivery-storage');
const QUEUE_BACKEND = Symbol('nestanza:queue-backend');
const PARTS = Symbol('nestanza:delivery-parts');

interface Settings {
  readonly service: string;
  readonly options: DeliveryModuleOptions;
  readonly log: Log;
}

type Parts = Pick<DeliveryParts, 'storage' | 'queue'> & Settings;

/** Makes the bus reliable: durable handlers and publishes, retries, dead letters, calls that run once. */
@Module({})
export class DeliveryModule implements OnModuleInit, BeforeApplicationShutdown {
  readonly #hooks: HookExplorer;
  readonly #delivery: Delivery;
  readonly #parts: Parts;

  constructor(hooks: HookExplorer, @Inject(DURABLE_DELIVERY) delivery: Delivery, @Inject(PARTS) parts: Parts) {
    this.#hooks = hooks;
    this.#delivery = delivery;
    this.#parts = parts;
  }

  static forRoot(options: DeliveryModuleOptions = {}): DynamicModule {
    return declare({ provide: OPTIONS, useValue: options }, options.dataSource);
  }

  /**
   * The same with options that are injected. `dataSource` is needed before them, hence it stands outside of the factory.
   * @example
   * DeliveryModule.forRootAsync({ inject: [ConfigService], useFactory: (config: ConfigService) => ({ queue: config.get('queue') }) })
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
    await this.#parts.queue.close();
    await this.#parts.storage[Symbol.asyncDispose]();
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
    providers: [options, storage(dataSource), ...PROVIDERS],
    exports: [DURABLE_DELIVERY, DeliveryInspector, SERVICE_QUEUE, KERNEL, DELIVERY_DATA_SOURCE],
  };
}

function storage(name: string | undefined): FactoryProvider<Storage> {
  // As getDataSourceToken of @nestjs/typeorm has it.
  const token = name === undefined || name === 'default' ? DataSource : `${name}DataSource`;
  return {
    provide: STORAGE,
    inject: [SETTINGS, { token, optional: name === undefined }],
    useFactory: ({ log }: Settings, application?: DataSource) => openStorage(application, log),
  };
}

function settings(
  given: DeliveryModuleOptions,
  service?: string,
  overrides?: Partial<DeliveryModuleOptions>,
): Settings {
  if (service === undefined) {
    throw new NestanzaError(
      'NST_DELIVERY_NO_BUS',
      'DeliveryModule needs a bus: import BusModule.forRoot({ service }) as well.',
    );
  }
  const options = { ...given, ...overrides };
  return { options, service, log: options.log ?? nestLog('NestanzaDelivery') };
}

function queueBackend({ options, service, log }: Settings, { url, dataSource }: Storage): Promise<QueueBackend> {
  const target = options.queue ?? process.env['NESTANZA_QUEUE'] ?? DELIVERY_DEFAULTS.queue;
  return openQueueBackend({ target, url, dataSource, service, log });
}

const PROVIDERS: readonly FactoryProvider[] = [
  {
    provide: SETTINGS,
    inject: [OPTIONS, { token: BUS_SERVICE, optional: true }, { token: DELIVERY_OVERRIDES, optional: true }],
    useFactory: settings,
  },
  { provide: KERNEL, inject: [STORAGE], useFactory: ({ kernel }: Storage) => kernel },
  { provide: DELIVERY_DATA_SOURCE, inject: [STORAGE], useFactory: ({ dataSource }: Storage) => dataSource },
  { provide: QUEUE_BACKEND, inject: [SETTINGS, STORAGE], useFactory: queueBackend },
  { provide: SERVICE_QUEUE, inject: [QUEUE_BACKEND], useFactory: ({ queue }: QueueBackend) => queue },
  {
    provide: PARTS,
    inject: [SETTINGS, STORAGE, QUEUE_BACKEND],
    useFactory: (settings: Settings, storage: Storage, queue: QueueBackend): Parts => ({ ...settings, storage, queue }),
  },
  {
    provide: HookExplorer,
    inject: [DiscoveryService],
    useFactory: (discovery: DiscoveryService) => new HookExplorer(discovery),
  },
  {
    provide: DURABLE_DELIVERY,
    inject: [PARTS, HookExplorer],
    useFactory: (parts: Parts, explorer: HookExplorer) =>
      new Delivery({ ...parts, hooks: (channel) => explorer.hooks(channel) }),
  },
  {
    provide: DeliveryInspector,
    inject: [PARTS, DURABLE_DELIVERY],
    useFactory: ({ storage, queue, service }: Parts, delivery: Delivery) =>
      new DeliveryInspector({ kernel: storage.kernel, delivery, queue: queue.queue, service }),
  },
];
