import type { Clock, Log, Timer } from '@nestanza/core';
import { errorText } from '@nestanza/core';
import { type Connection, type NodeAddress, StanzaError, subscribe, type Unsubscribe } from '@nestanza/xmpp';
import type { ItemListener, ReceivedItem } from '../transport.js';

/** Waits between attempts to subscribe, milliseconds: the owner may create the node any moment at first. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;

/** Items that wait for the confirmation of the subscription; catch-up finds what is dropped beyond. */
const MOST_HELD = 1_000;

export interface NodeSubscriptionOptions {
  readonly connection: Connection;
  /** Bare JID that is subscribed: it outlives each session, and every instance is notified. */
  readonly subscriber: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** Keeps one node subscribed over all streams, for any number of listeners. Never unsubscribes: other instances share it. */
export class NodeSubscription {
  readonly place: NodeAddress;
  readonly #options: NodeSubscriptionOptions;
  readonly #listeners = new Set<ItemListener>();
  readonly #held: ReceivedItem[] = [];
  /** Counts streams, so that an attempt of an earlier one ends. */
  #stream = 0;
  #subscribed = false;
  #waitsForNode = false;
  #retry: Timer | undefined;

  constructor(place: NodeAddress, options: NodeSubscriptionOptions) {
    this.place = place;
    this.#options = options;
  }

  /** True while the node does not exist. */
  get waitsForNode(): boolean {
    return this.#waitsForNode;
  }

  add(listener: ItemListener): Unsubscribe {
    this.#listeners.add(listener);
    if (this.#subscribed) queueMicrotask(() => this.#listeners.has(listener) && listener.onSubscribed());
    return () => this.#listeners.delete(listener);
  }

  /** A new stream stands. */
  online(): void {
    this.#stream += 1;
    this.#subscribed = false;
    this.#held.length = 0;
    this.#retry?.cancel();
    void this.#subscribe(this.#stream, FIRST_WAIT);
  }

  received(item: ReceivedItem): void {
    if (this.#subscribed) {
      for (const listener of this.#listeners) listener.onItem(item);
      return;
    }
    if (this.#held.length >= MOST_HELD) this.#held.shift();
    this.#held.push(item);
  }

  close(): void {
    this.#stream += 1;
    this.#retry?.cancel();
    this.#listeners.clear();
  }

  async #subscribe(stream: number, wait: number): Promise<void> {
    const { connection, subscriber } = this.#options;
    try {
      await subscribe(connection, { ...this.place, jid: subscriber });
    } catch (error) {
      if (stream === this.#stream) this.#later(stream, wait, error);
      return;
    }
    if (stream !== this.#stream) return;
    this.#waitsForNode = false;
    this.#subscribed = true;
    for (const listener of this.#listeners) listener.onSubscribed();
    for (const item of this.#held.splice(0)) this.received(item);
  }

  /** Every refusal may pass: the node may be created, or access granted. */
  #later(stream: number, wait: number, error: unknown): void {
    const { log, clock, connection } = this.#options;
    // A lost stream is followed by the next one, which subscribes anew.
    if (connection.status.state !== 'online') return;
    const missing = error instanceof StanzaError && error.condition === 'item-not-found';
    if (wait === FIRST_WAIT) {
      log.warn(
        missing
          ? `Waiting for the node "${this.place.node}": the service that owns it has not created it yet.`
          : `The node "${this.place.node}" cannot be followed yet: ${errorText(error)}`,
        { service: this.place.service, node: this.place.node },
      );
    }
    this.#waitsForNode = missing;
    this.#retry = clock.after(wait, () => void this.#subscribe(stream, Math.min(wait * 2, LONGEST_WAIT)));
  }
}
