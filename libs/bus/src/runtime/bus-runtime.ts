import { NestanzaError } from '@nestanza/core';
import type { Jid, Unsubscribe } from '@nestanza/xmpp';
import type { BusStatus } from '../bus.js';
import type { DurableDelivery } from '../delivery.port.js';
import type { ConfigLookup } from '../placeholders.js';
import type { Colleagues } from '../presence/colleagues.js';
import type { Caller } from '../rpc/caller.js';
import { StartupError } from '../startup-error.js';
import type { XmppTransport } from '../transport/xmpp-transport.js';

/** What a connected bus consists of. */
export interface BusParts {
  readonly address: Jid;
  readonly transport: XmppTransport;
  readonly caller: Caller;
  readonly colleagues: Colleagues;
}

/** What `Bus` works with: empty until the bus is connected, and an error that explains itself until then. */
export class BusRuntime {
  /** What stores durable messages; absent without `DeliveryModule`. */
  delivery: DurableDelivery | undefined;
  readonly lookup: ConfigLookup;
  readonly #connects: boolean;
  readonly #listeners = new Set<(status: BusStatus) => void>();
  #patterns: 'ignored' | 'served' = 'ignored';
  #wired = false;
  #parts: BusParts | undefined;
  #status: BusStatus = 'stopped';

  /** @param connects - false where the module was told never to connect */
  constructor(lookup: ConfigLookup, connects: boolean) {
    this.lookup = lookup;
    this.#connects = connects;
  }

  get status(): BusStatus {
    return this.#status;
  }

  get address(): Jid {
    return this.#connected.address;
  }

  get transport(): XmppTransport {
    return this.#connected.transport;
  }

  get caller(): Caller {
    return this.#connected.caller;
  }

  get colleagues(): Colleagues {
    return this.#connected.colleagues;
  }

  /** Channels that a handler follows and whose node nobody has created yet. */
  get waiting(): readonly string[] {
    return this.#parts?.transport.waiting() ?? [];
  }

  /**
   * Methods decorated by @nestjs/microservices are taken for handlers of this bus.
   * @throws StartupError when the handlers have been looked for before
   */
  servePatterns(): void {
    if (this.#wired) {
      throw new StartupError([
        {
          place: 'XmppStrategy',
          problem: 'it was made after the application had been initialised, so none of its patterns is served',
          remedy:
            'call app.connectMicroservice({ strategy: new XmppStrategy(app.get(Bus)) }) before app.init() and app.listen()',
        },
      ]);
    }
    this.#patterns = 'served';
  }

  /** Whether patterns count, asked once: later it is too late to say so. */
  takePatterns(): boolean {
    this.#wired = true;
    return this.#patterns === 'served';
  }

  install(parts: BusParts): void {
    this.#parts = parts;
  }

  onStatus(listener: (status: BusStatus) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  moveTo(status: BusStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  get #connected(): BusParts {
    if (this.#parts !== undefined) return this.#parts;
    throw new NestanzaError(
      'NST_BUS_NOT_CONNECTED',
      this.#connects
        ? 'The bus connects when the application initialises; it was used before.'
        : 'The bus was made with { connect: false }, so nothing can be sent or asked through it.',
    );
  }
}
