import { parseChannel } from '@nestanza/contracts';
import { errorText, type Log, milliseconds, pause } from '@nestanza/core';
import type { Connection, ConnectionStatus } from '@nestanza/xmpp';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { BusStatus } from '../bus.js';
import { BUS_DEFAULTS, type BusModuleOptions, type XmppTarget } from '../bus-options.js';
import type { BusOverrides } from '../bus-overrides.js';
import { DURABLE_DELIVERY, type DurableDelivery } from '../delivery.port.js';
import { type Link, openLink } from '../link/link.js';
import { resolvePlaceholders } from '../placeholders.js';
import { notProvisioned } from '../provisioning/not-provisioned.js';
import { provisionNode } from '../provisioning/provision-node.js';
import { startupFailure } from '../startup-failure.js';
import type { BusParts, BusRuntime } from './bus-runtime.js';
import { connectParts } from './connect-parts.js';
import { Consumption } from './consumption.js';
import { goOnline } from './go-online.js';
import { meetServer } from './meet-server.js';
import { aroundApplication } from './last-hook.js';
import { isRetryable, online, untilDone } from './until-done.js';
import { type Application, wire, type Wiring } from './wire.js';

const STATUSES: Readonly<Record<ConnectionStatus['state'], BusStatus>> = {
  offline: 'stopped',
  connecting: 'connecting',
  online: 'online',
  waiting: 'waiting',
  failed: 'failed',
};

export interface LifecycleOptions {
  readonly options: BusModuleOptions;
  /** Of the bus. */
  readonly name: string;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly overrides?: BusOverrides;
}

/**
 * The order of a bus's life. Initialisation: find handlers, check everything, connect, provision. After the last
 * `onApplicationBootstrap`: consume, then show presence. Destruction: leave presence, drain with a deadline; the
 * connection stays until the very end, so that what still runs can answer and publish.
 */
export class BusLifecycle implements OnModuleInit, OnApplicationShutdown {
  readonly #application: Application;
  readonly #runtime: BusRuntime;
  readonly #settings: LifecycleOptions;
  #link: Link | undefined;
  #parts: BusParts | undefined;
  #consumption: Consumption | undefined;
  #draining: Promise<void> | undefined;

  constructor(application: Application, runtime: BusRuntime, settings: LifecycleOptions) {
    this.#application = application;
    this.#runtime = runtime;
    this.#settings = settings;
  }

  async onModuleInit(): Promise<void> {
    const { options, name, log, overrides } = this.#settings;
    this.#runtime.delivery = this.#findDelivery();
    const { delivery, lookup } = this.#runtime;
    const wiring = wire(this.#application, {
      options,
      name,
      lookup,
      log,
      delivery,
      patterns: this.#runtime.takePatterns(),
      overrides,
    });
    for (const subscription of wiring.subscriptions) delivery?.register(subscription);
    if (options.connect === false) return;
    const connection = await this.#connect();
    const prepared = untilDone(connection, () => this.#prepare(wiring));
    aroundApplication(this.#application.modules, {
      afterBootstrap: () =>
        this.#settle(
          connection,
          prepared.then(() => online(connection)).then(() => this.#consume(wiring)),
        ),
      beforeDestroy: () => this.#drain(),
    });
    await this.#settle(connection, prepared);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#drain();
    this.#parts?.colleagues.close();
    this.#parts?.transport.close();
    await this.#link?.connection.stop();
    await this.#link?.close();
    this.#runtime.moveTo('stopped');
  }

  #findDelivery(): DurableDelivery | undefined {
    try {
      return this.#application.moduleRef.get<DurableDelivery>(DURABLE_DELIVERY, { strict: false });
    } catch {
      // Nest's way to say that nobody provides it.
      return undefined;
    }
  }

  async #connect(): Promise<Connection> {
    const { options, log, environment } = this.#settings;
    const target = options.xmpp ?? (environment['NESTANZA_XMPP'] as XmppTarget | undefined) ?? 'embedded';
    const link = await openLink(target, { service: options.service, log, environment }).catch((error: unknown) => {
      throw startupFailure(error, { doing: 'XMPP cannot be reached' });
    });
    this.#link = link;
    const { connection } = link;
    connection.onStatus((status) => this.#follow(status));
    const parts = connectParts(link, { pubsub: options.pubsub, log });
    this.#parts = parts;
    this.#runtime.install(parts);
    try {
      await goOnline(connection, {
        mode: options.startup ?? BUS_DEFAULTS.startup,
        timeout: options.startupTimeout ?? BUS_DEFAULTS.startupTimeout,
        description: link.description,
      });
    } catch (error) {
      // Nest calls no shutdown hook of an application that did not start.
      await connection.stop();
      await link.close();
      throw error;
    }
    if (connection.status.state === 'online') log.info(`Connected as ${link.description}.`);
    return connection;
  }

  #follow(status: ConnectionStatus): void {
    if (this.#draining !== undefined) return;
    const { log } = this.#settings;
    if (status.state === 'waiting') {
      log.warn(`There is no connection to XMPP: ${errorText(status.error)}`, {
        retryAt: new Date(status.retryAt).toISOString(),
      });
    }
    if (status.state === 'failed') log.error(`The connection to XMPP has failed for good: ${errorText(status.error)}`);
    this.#runtime.moveTo(STATUSES[status.state]);
  }

  /** While the connection stands the start waits for the work; otherwise it is done in the background. */
  async #settle(connection: Connection, work: Promise<void>): Promise<void> {
    if (connection.status.state === 'online') return work;
    work.catch((error: unknown) =>
      this.#settings.log.error(`The bus cannot do its work: ${errorText(error)}`, { error }),
    );
  }

  /** Everything that messages need before the first may come. */
  async #prepare(wiring: Wiring): Promise<void> {
    const { options, log } = this.#settings;
    await meetServer(this.#runtime.transport, { pubsub: options.pubsub, wiring, log });
    await this.#provision(wiring);
  }

  async #provision({ owned }: Wiring): Promise<void> {
    const { log } = this.#settings;
    const { transport } = this.#runtime;
    for (const { contract, publish, access } of owned.flatMap(({ nodes }) => nodes)) {
      const channel = parseChannel(resolvePlaceholders(contract.channel, this.#runtime.lookup));
      const place = { service: transport.serviceOf(channel), node: channel.name };
      try {
        await provisionNode(place, { publish, access }, { connection: transport.connection, log });
      } catch (error) {
        throw isRetryable(error) ? error : notProvisioned(contract.channel, place.service, error);
      }
    }
  }

  async #consume({ registry }: Wiring): Promise<void> {
    if (this.#draining !== undefined) return;
    const { options, log } = this.#settings;
    const { address, transport, colleagues, caller, delivery } = this.#runtime;
    this.#consumption = new Consumption(
      { address, transport, colleagues, caller },
      { options, registry, delivery, log },
    );
    await this.#consumption.start();
  }

  /** Idempotent: the first caller starts it. */
  #drain(): Promise<void> {
    return (this.#draining ??= this.#drainOnce());
  }

  async #drainOnce(): Promise<void> {
    const { options, log } = this.#settings;
    this.#runtime.moveTo('draining');
    const deadline = milliseconds(options.drainTimeout ?? BUS_DEFAULTS.drainTimeout);
    const over = new AbortController();
    const stopped = (this.#consumption?.stop() ?? Promise.resolve()).then(() => true);
    const late = pause(deadline, { signal: over.signal }).then(() => false);
    if (!(await Promise.race([stopped, late]))) {
      log.warn(`Handlers still ran ${deadline} ms after shutdown began; they are left to themselves.`);
      stopped.catch((error: unknown) => log.error(`Draining failed: ${errorText(error)}`, { error }));
    }
    over.abort();
  }
}
