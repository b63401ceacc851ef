import type { DurableSubscription, InboundMessage, ItemsPage, ReceivedItem, Transport } from '@nestanza/bus/internal';
import { errorText, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import { SingleFlight } from '../single-flight.js';
import { INGEST_QUEUE, type Ingest } from './ingest.js';

/** Items of one page. */
const PAGE = 100;

/** Live items held back while older ones are fetched; beyond, they are fetched, too. */
const HELD_LIMIT = 1_000;

/** Pages kept in memory on the way back; the others are fetched again on the way forward. */
const KEPT_PAGES = 10;

/** Pages of one catch-up: a node of a million items. */
const PAGE_LIMIT = 10_000;

/** Milliseconds before a failed catch-up is tried again. */
const RETRY = 1_000;

/** Once a day everything is looked through, so that what stands on the node is not forgotten by the inbox. */
const REVIEW = 86_400_000;

export interface CatchUpOptions {
  readonly transport: Transport;
  readonly subscription: DurableSubscription;
  readonly ingest: Ingest;
  readonly log: Log;
  readonly clock?: Clock;
}

/** A page on the way back; its items are dropped when there are too many, and fetched again by its cursor. */
interface Stretch {
  readonly cursor: string | undefined;
  items: readonly ReceivedItem[] | undefined;
}

/**
 * Feeds a subscription's items to the inbox: at every start, after every lost stream and after every failure first what
 * was missed, oldest first, then what comes live. An item is taken in only after all older ones, so that one known item
 * shows where the last visit ended.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #clock: Clock;
  readonly #visits = new SingleFlight(() => this.#visit());
  #held: ReceivedItem[] = [];
  #live = false;
  /** Items may have been missed since the last visit began. */
  #missed = false;
  #stopped = false;
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  start(): void {
    const { transport, subscription } = this.#options;
    this.#unsubscribe = transport.subscribe(subscription.channel, {
      onItem: (item) => this.#onItem(item),
      onSubscribed: () => this.#begin(),
    });
    this.#later(REVIEW);
  }

  /** Takes nothing more in; the subscription ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#timer?.cancel();
    await this.#visits.idle();
  }

  #begin(): void {
    if (this.#stopped) return;
    this.#live = false;
    this.#missed = true;
    void this.#visits.request();
  }

  #onItem(item: ReceivedItem): void {
    if (this.#stopped) return;
    if (!this.#live) {
      if (this.#held.length < HELD_LIMIT) this.#held.push(item);
      else this.#missed = true;
      return;
    }
    // A full queue refuses: the item stays on the node and is fetched when there is room again.
    if (this.#options.ingest.waiting >= INGEST_QUEUE) return this.#begin();
    this.#takeIn(item).catch((error: unknown) => {
      if (this.#live) this.#options.log.warn('Items could not be taken in and are fetched again.', this.#facts(error));
      this.#live = false;
      this.#missed = true;
      this.#later(RETRY);
    });
  }

  #takeIn(item: ReceivedItem): Promise<void> {
    return this.#options.ingest.submit(this.#options.subscription.receive(item));
  }

  /** Fetches what was missed until nothing was missed meanwhile, then lets live items through. */
  async #visit(): Promise<void> {
    try {
      while ((this.#missed || this.#held.length > 0) && !this.#stopped) {
        const missed = this.#missed;
        this.#missed = false;
        if (missed) await this.#fetch();
        await this.#release();
      }
      if (this.#stopped) return;
      this.#live = true;
      this.#later(REVIEW);
    } catch (error) {
      if (this.#stopped) return;
      this.#missed = true;
      this.#options.log.warn('Catching up failed and is tried again.', this.#facts(error));
      this.#later(RETRY);
    }
  }

  /** What came live meanwhile follows what was fetched; most of it was fetched, too, and is dropped as a duplicate. */
  async #release(): Promise<void> {
    await Promise.all(this.#held.splice(0).map((item) => this.#takeIn(item)));
  }

  async #fetch(): Promise<void> {
    const stretches = await this.#goBack();
    for (const { cursor, items } of stretches.reverse()) {
      if (this.#stopped) return;
      const page = items ?? (await this.#page(cursor)).items;
      await Promise.all([...page].reverse().map((item) => this.#takeIn(item)));
    }
  }

  /** Newest to oldest, until a page holds something known, or there is no older one. */
  async #goBack(): Promise<Stretch[]> {
    const stretches: Stretch[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#page(cursor);
      stretches.push({ cursor, items: page.items });
      // The newest page has no cursor of its own, hence it stays.
      const crowded = stretches.at(-1 - KEPT_PAGES);
      if (crowded?.cursor !== undefined) crowded.items = undefined;
      if (await this.#overlaps(page.items)) break;
      cursor = page.older;
    } while (cursor !== undefined && stretches.length < PAGE_LIMIT && !this.#stopped);
    return stretches;
  }

  async #overlaps(items: readonly ReceivedItem[]): Promise<boolean> {
    if (items.length === 0) return false;
    const messages: readonly InboundMessage[] = items.map((item) => this.#options.subscription.receive(item));
    return (await this.#options.ingest.known(messages)).size > 0;
  }

  #page(older: string | undefined): Promise<ItemsPage> {
    const { transport, subscription } = this.#options;
    return transport.items(subscription.channel, { max: PAGE, ...(older !== undefined && { older }) });
  }

  /** The next visit, at the latest in so many milliseconds. */
  #later(delay: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delay, () => this.#begin());
  }

  #facts(error: unknown): Readonly<Record<string, string>> {
    const { handler, group } = this.#options.subscription;
    return { handler, group, error: errorText(error) };
  }
}
