import { silentLog, type Log } from '@nestanza/core';
import { migrate } from '../migrations/migrate.js';
import { CreateProcess1764000000000 } from '../migrations/1764000000000-create-process.js';
import { inTime, unavailable } from './availability.js';
import { ConnectionPool } from './connection-pool.js';
import { Listener, type NotificationListener } from './listener.js';
import { Notifier } from './notifier.js';
import { ProcessLease, type LeaseOptions } from './process-lease.js';
import { type Statement, type Unsubscribe } from './statement.js';

/** Milliseconds for all connections to stand, once a first one did. */
const OPEN_PATIENCE = 30_000;

/** What a kernel's tables are made by. */
export const kernelMigrations = [CreateProcess1764000000000] as const;

export interface KernelOptions {
  readonly url: string;
  readonly log?: Log;
  readonly lease?: LeaseOptions;
}

/**
 * The connections on which delivery and workflows move rows, apart from the application's own pool: four pipelined ones
 * for statements, and one each for the process lease, for sending and for hearing notifications. Each comes back by
 * itself when the server was away.
 */
export class Kernel {
  readonly lease: ProcessLease;
  readonly #pool: ConnectionPool;
  readonly #notifier: Notifier;
  readonly #listener: Listener;
  #closed: Promise<void> | undefined;

  private constructor({ url, log = silentLog, lease }: KernelOptions) {
    this.#pool = new ConnectionPool({ url, log });
    this.#notifier = new Notifier({ url, log });
    this.#listener = new Listener({ url, log });
    this.lease = new ProcessLease({ ...lease, url, log, onSilence: () => this.#pool.reset() });
  }

  /**
   * A kernel whose tables exist, whose connections stand and whose lease is valid. It keeps the process alive.
   * @throws NestanzaError as `migrate` does; `NST_POSTGRES_UNAVAILABLE`, retryable, when the server went away meanwhile
   */
  static async open(options: KernelOptions): Promise<Kernel> {
    await migrate(options.url, kernelMigrations);
    const kernel = new Kernel(options);
    const ready = Promise.all([kernel.#pool.ready(), kernel.#listener.ready, kernel.lease.ready]);
    if (await inTime(ready, OPEN_PATIENCE)) return kernel;
    await kernel.close();
    throw unavailable(`no connection for ${OPEN_PATIENCE} ms`);
  }

  /** The rows of a statement; errors as `ConnectionPool.query` says. */
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.#pool.query<Row>(statement, values);
  }

  /**
   * Wakes whoever listens, in any process, soon; merged with equal ones. A hint: it may be lost with the connection.
   * @throws NestanzaError `NST_POSTGRES_NOTIFICATION` for more than 63 bytes of channel or 7999 of payload
   */
  notify(channel: string, payload: string): void {
    this.#notifier.notify(channel, payload);
  }

  /** Calls `listener` with each payload from now on; what is sent while the server is away is not heard. */
  listen(channel: string, listener: NotificationListener): Unsubscribe {
    return this.#listener.listen(channel, listener);
  }

  /** Calls `listener` whenever the lease was lost and a new one stands: forget what the old incarnation owned. */
  onReincarnation(listener: () => void): Unsubscribe {
    return this.lease.onReincarnation(listener);
  }

  /** Answers what is under way, gives back the lease, ends. Release what the process owns before. Idempotent. */
  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  async #end(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#notifier.close(), this.#listener.close()]);
    await this.lease.close();
  }
}
