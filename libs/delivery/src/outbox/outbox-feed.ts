import type { Kernel } from '@nestanza/postgres/internal';
import type { Relay } from './relay.js';

export interface OutboxFeedOptions {
  readonly kernel: Kernel;
  readonly relay: Relay;
}

/** Tells the relay that owns a lane of a new row: directly in this process, else by notification. */
export class OutboxFeed {
  readonly #options: OutboxFeedOptions;
  #unlisten: (() => void) | undefined;

  constructor(options: OutboxFeedOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unlisten = this.#options.kernel.listen(this.#channel, () => this.#options.relay.wake());
  }

  stop(): void {
    this.#unlisten?.();
  }

  stored(lane: number): void {
    const { kernel, relay } = this.#options;
    if (relay.holds(lane)) relay.wake();
    else kernel.notify(this.#channel, '');
  }

  get #channel(): string {
    return `nestanza_outbox_${this.#options.relay.group}`;
  }
}
