import { parseChannel } from '@nestanza/contracts';
import { errorText, type Log, milliseconds, pause } from '@nestanza/core';
import type { ConnectionStatus } from '@nestanza/xmpp';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { BusStatus } from '../bus.js';
import { BUS_DEFAULTS, type BusModuleOptions, type XmppTarget } from '../bus-options.js';
import { DURABLE_DELIVERY, type DurableDelivery } from '../delivery.port.js';
import { type Link, openLink } from '../link/link.js';
import { resolvePlaceholders } from '../placeholders.js';
import { provisionNode } from '../provisioning/provision-node.js';
import type { XmppTransport } from '../transport/xmpp-transport.js';
import type { BusRuntime } from './bus-runtime.js';
import { connectParts } from './connect-parts.js';
import { Consumption } from './consumption.js';
import { goOnline } from './go-online.js';
import { aroundApplication } from './last-hook.js';
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
  #transport: XmppTransport | undefined;
  #consumption: Consumption | undefined;
  #draining: Promise<void> | undefined;

  constructor(application: Application, runtime: BusRuntime, settings: LifecycleOptions) {
    this.#application = application;
    this.#runtime = runtime;
    this.#settings = settings;
  }

  /** Channels that a handler follows and whose node nobody has created yet. */
  get waiting(): readonly string[] {
    return this.#transport?.waiting() ?? [];
  }

  async onModuleInit(): Promise<void> {
    const { options, name, log } = this.#settings;
    this.#runtime.delivery = this.#findDelivery();
    const { delivery, lookup } = this.#runtime;
    const wiring = wire(this.#application, { options, name, lookup, log, delivery });
    for (const subscription of wiring.subscriptions) delivery?.register(subscription);
    if (options.connect === false) return;
    await this.#connect();
    aroundApplication(this.#application.modules, {
      afterBootstrap: () => this.#whenOnline(() => this.#consume(wiring)),
      beforeDestroy: () => this.#drain(),
    });
    await this.#whenOnline(() => this.#provision(wiring));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#drain();
    this.#transport?.close();
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

  async #connect(): Promise<void> {
    const { options, log, environment } = this.#settings;
    const target = options.xmpp ?? (environment['NESTANZA_XMPP'] as XmppTarget | undefined) ?? 'embedded';
    const link = await openLink(target, { service: options.service, log, environment });
    this.#link = link;
    const { connection } = link;
    connection.onStatus((status) => this.#follow(status));
    const parts = connectParts(link, { pubsub: options.pubsub, log });
    this.#transport = parts.transport;
    this.#runtime.install(parts);
    await goOnline(connection, {
      mode: options.startup ?? BUS_DEFAULTS.startup,
      timeout: options.startupTimeout ?? BUS_DEFAULTS.startupTimeout,
      description: link.description,
    });
    if (connection.status.state === 'online') log.info(`Connected as ${link.description}.`);
  }

  #follow(status: ConnectionStatus): void {
    if (this.#draining !== undefined) return;
    if (status.state === 'waiting') {
      this.#settings.log.warn(`The connection to XMPP is lost: ${errorText(status.error)}`, {
        retryAt: new Date(status.retryAt).toISOString(),
      });
    }
    this.#runtime.moveTo(STATUSES[status.state]);
  }

  /** Does the work now when online, else in the background as soon as the connection stands. */
  async #whenOnline(work: () => Promise<void>): Promise<void> {
    const { connection } = this.#link!;
    if (connection.status.state === 'online') return work();
    const release = connection.onStatus((status) => {
      if (status.state !== 'online') return;
      release();
      work().catch((error: unknown) =>
        this.#settings.log.error(`The bus could not begin its work: ${errorText(error)}`, { error }),
      );
    });
  }

  async #provision({ owned }: Wiring): Promise<void> {
    const { log } = this.#settings;
    const transport = this.#transport!;
    for (const { contract, publish, access } of owned.flatMap(({ nodes }) => nodes)) {
      const channel = parseChannel(resolvePlaceholders(contract.channel, this.#runtime.lookup));
      const place = { service: transport.serviceOf(channel), node: channel.name };
      await provisionNode(place, { publish, access }, { connection: transport.connection, log });
    }
  }

  async #consume({ registry }: Wiring): Promise<void> {
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
