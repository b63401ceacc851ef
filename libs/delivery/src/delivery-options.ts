import type { Duration, Log } from '@nestanza/core';
import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { BullMQOptions } from './bullmq/dispatch-options.js';

export interface DeliveryModuleOptions {
  /** Name of the application's TypeORM `DataSource`. Default: the application's default one; where it has none, an own one. */
  readonly dataSource?: string;
  /** Where the service queue lives: `'postgres'`, or the URL of a Redis or Valkey. Default: `NESTANZA_QUEUE`, else `'postgres'`. */
  readonly queue?: 'postgres' | `redis://${string}` | `rediss://${string}`;
  /**
   * Who brings messages to handlers that do not say it themselves: `'lanes'` (default) keeps the order of each key;
   * `'bullmq'` makes every message a job, with BullMQ's own options.
   */
  readonly dispatch?: 'lanes' | 'bullmq';
  /** BullMQ's own options, for handlers that it dispatches. */
  readonly bullmq?: BullMQOptions;
  /** How long running handlers may go on after the stop began; then their signal aborts. Default `'10s'`. */
  readonly drainTimeout?: Duration;
  /** What happens to a write outside the handler's own transaction: `'warn'` once a handler (default), or `'throw'`, for tests. */
  readonly strayWrites?: 'warn' | 'throw';
  /** Default: Nest's logger. */
  readonly log?: Log;
}

/** Defaults of all optional settings, in one place. */
export const DELIVERY_DEFAULTS = {
  queue: 'postgres',
  dispatch: 'lanes',
  drainTimeout: '10s',
  strayWrites: 'warn',
} as const satisfies Partial<DeliveryModuleOptions>;

/** Options that are injected. */
export interface DeliveryModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  // Nest passes whatever `inject` names, which no type can follow.
  readonly useFactory: (
    ...injected: never[]
  ) => Omit<DeliveryModuleOptions, 'dataSource'> | Promise<Omit<DeliveryModuleOptions, 'dataSource'>>;
  /** As `DeliveryModuleOptions.dataSource`. */
  readonly dataSource?: string;
}
