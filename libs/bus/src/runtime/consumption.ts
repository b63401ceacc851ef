import type { Log } from '@nestanza/core';
import { type Connection, presence } from '@nestanza/xmpp';
import { BUS_DEFAULTS, type BusModuleOptions } from '../bus-options.js';
import type { DurableDelivery } from '../delivery.port.js';
import { MessageDispatch } from '../dispatch/message-dispatch.js';
import { PresenceDispatch } from '../dispatch/presence-dispatch.js';
import { WatchDispatch } from '../dispatch/watch-dispatch.js';
import type { HandlerRegistry } from '../handlers/registry.js';
import { answerDiscovery } from '../rpc/answer-discovery.js';
import { ENCODINGS } from '../rpc/encodings.js';
import { Responder } from '../rpc/responder.js';
import type { BusParts } from './bus-runtime.js';

export interface ConsumptionOptions {
  readonly options: BusModuleOptions;
  readonly registry: HandlerRegistry;
  readonly delivery: DurableDelivery | undefined;
  readonly log: Log;
}

/** Everything that takes messages, from the first to the last. */
export class Consumption {
  readonly #parts: BusParts;
  readonly #connection: Connection;
  readonly #options: ConsumptionOptions;
  readonly #watches: readonly WatchDispatch[];
  readonly #presences: readonly PresenceDispatch[];
  readonly #messages: readonly MessageDispatch[];
  readonly #responder: Responder;
  #available = false;

  constructor(parts: BusParts, options: ConsumptionOptions) {
    const { registry, delivery, log } = options;
    const { inflight = BUS_DEFAULTS.inflight } = options.options;
    const { connection } = parts.transport;
    this.#parts = parts;
    this.#connection = connection;
    this.#options = options;
    this.#watches = registry.of('watch').map((handler) => new WatchDispatch(handler, log));
    this.#presences = registry.of('presence').map((handler) => new PresenceDispatch(handler, log));
    this.#messages = registry
      .of('message')
      .map((handler) => new MessageDispatch(handler, { connection, log, inflight }));
    this.#responder = new Responder(registry.of('respond'), {
      connection,
      log,
      delivery,
      inflight,
      encodings: ENCODINGS,
    });
  }

  /** Available presence comes last: it invites calls and notifications, and whoever it invites is served. */
  async start(): Promise<void> {
    const { transport, colleagues, address } = this.#parts;
    this.#responder.start();
    answerDiscovery(
      this.#connection,
      this.#options.registry.of('respond').map(({ channel }) => channel.name),
    );
    for (const message of this.#messages) message.start();
    for (const watch of this.#watches) watch.start(transport);
    for (const handler of this.#presences) handler.start(colleagues, address.domain);
    await this.#options.delivery?.start(transport);
    this.#available = true;
    this.#announce();
    this.#connection.onStatus((status) => {
      if (status.state === 'online' && !status.resumed) this.#announce();
    });
  }

  /** Nobody is invited any more; resolves when running handlers have ended. */
  async stop(): Promise<void> {
    this.#available = false;
    if (this.#connection.status.state === 'online' && this.#parts.address.local !== '') {
      this.#connection.send(presence({ type: 'unavailable' }));
    }
    await Promise.all([
      this.#responder.stop(),
      this.#options.delivery?.stop(),
      ...this.#messages.map((message) => message.stop()),
      ...this.#watches.map((watch) => watch.stop()),
      ...this.#presences.map((handler) => handler.stop()),
    ]);
  }

  /** A component has no presence of its own: its server knows it by its stream. */
  #announce(): void {
    if (!this.#available || this.#parts.address.local === '' || this.#connection.status.state !== 'online') return;
    const { priority = BUS_DEFAULTS.priority } = this.#options.options;
    this.#connection.send(presence({ priority }));
  }
}
