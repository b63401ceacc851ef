import { type Channel, formatChannel } from '@nestanza/contracts';
import { type Clock, type Log, systemClock } from '@nestanza/core';
import {
  type Connection,
  type Element,
  type Jid,
  ping,
  publishItem,
  readPubsubEvent,
  type RequestOptions,
  StanzaError,
  type Unsubscribe,
} from '@nestanza/xmpp';
import { type ServerProfile, unknownServer } from '../server/server-profile.js';
import type { ItemListener, ItemsPage, ReceivedItem, Transport } from '../transport.js';
import { fetchItems } from './items.js';
import { NodeSubscription } from './node-subscription.js';
import { receivedItem } from './received-item.js';

export interface XmppTransportOptions {
  readonly connection: Connection;
  /** Own bare address. */
  readonly address: Jid;
  /** PubSub service of local channels, until `adopt` tells more of it. Default `pubsub.<domain>`. */
  readonly pubsub?: string;
  readonly log: Log;
  readonly clock?: Clock;
}

/** The bus's transport over one connection. */
export class XmppTransport implements Transport {
  readonly connection: Connection;
  readonly address: Jid;
  readonly #log: Log;
  readonly #clock: Clock;
  /** Service and node → its one subscription, which every handler of the node shares. */
  readonly #subscriptions = new Map<string, NodeSubscription>();
  readonly #release: readonly Unsubscribe[];
  #profile: ServerProfile;
  #takeover: Promise<void> | undefined;

  constructor({ connection, address, pubsub, log, clock = systemClock }: XmppTransportOptions) {
    this.connection = connection;
    this.address = address;
    this.#profile = unknownServer(pubsub ?? `pubsub.${address.domain}`);
    this.#log = log;
    this.#clock = clock;
    this.#release = [
      connection.onStanza((stanza) => this.#notified(stanza)),
      connection.onStatus((status) => {
        if (status.state !== 'online') return;
        // A resumed stream kept its subscriptions and what was sent meanwhile.
        if (!status.resumed) for (const subscription of this.#subscriptions.values()) subscription.online();
      }),
    ];
  }

  /** What is known of the PubSub service of local channels. */
  get profile(): ServerProfile {
    return this.#profile;
  }

  /** Local channels are at this service from now on; subscriptions made before stay where they are. */
  adopt(profile: ServerProfile): void {
    this.#profile = profile;
  }

  /** JID of the PubSub service that holds a channel's node. */
  serviceOf({ service }: Channel): string {
    return service ?? this.#profile.pubsub;
  }

  async publish(channel: Channel, item: { readonly id: string; readonly payload: Element }): Promise<void> {
    await publishItem(this.connection, { service: this.serviceOf(channel), node: channel.name }, item);
  }

  subscribe(channel: Channel, listener: ItemListener): Unsubscribe {
    const place = { service: this.serviceOf(channel), node: channel.name };
    const key = keyOf(place.service, place.node);
    let subscription = this.#subscriptions.get(key);
    if (subscription === undefined) {
      subscription = new NodeSubscription(place, {
        connection: this.connection,
        subscriber: this.address.toString(),
        log: this.#log,
        clock: this.#clock,
      });
      this.#subscriptions.set(key, subscription);
      if (this.connection.status.state === 'online') subscription.online();
    }
    return subscription.add(listener);
  }

  async items(channel: Channel, page: { readonly older?: string; readonly max?: number } = {}): Promise<ItemsPage> {
    const service = this.serviceOf(channel);
    const { items, older } = await fetchItems(this.connection, { service, node: channel.name }, page);
    return { items: items.map((item) => this.#believed(item)), older };
  }

  /** A ping behind the message: the server handles a client's stanzas in order (RFC 6120 §10.1), so its answer confirms. */
  async sendMessage(message: Element): Promise<void> {
    this.connection.send(message);
    this.#takeover ??= this.#confirm();
    await this.#takeover;
  }

  request(iq: Element, options?: RequestOptions): Promise<Element> {
    return this.connection.request(iq, options);
  }

  /** Channels whose node does not exist yet, for those who ask what the service waits for. */
  waiting(): readonly string[] {
    return [...this.#subscriptions.values()]
      .filter((subscription) => subscription.waitsForNode)
      .map(({ place }) => formatChannel({ kind: 'pubsub', service: place.service, name: place.node }));
  }

  close(): void {
    for (const release of this.#release) release();
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }

  /** One ping for all messages of a tick. */
  async #confirm(): Promise<void> {
    await Promise.resolve();
    this.#takeover = undefined;
    try {
      await ping(this.connection, this.address.domain);
    } catch (error) {
      // Any answer, even a refusal, came after the message.
      if (!(error instanceof StanzaError)) throw error;
    }
  }

  /** Notifications are believed from the service itself only, and only of nodes asked for. */
  #notified(stanza: Element): boolean {
    const event = readPubsubEvent(stanza);
    if (event === undefined) return false;
    const subscription = this.#subscriptions.get(keyOf(event.service, event.node));
    if (subscription === undefined) {
      this.#log.debug('A notification came for a node that no handler follows.', {
        service: event.service,
        node: event.node,
      });
      return false;
    }
    // A deleted node is waited for, as one that never was.
    if (event.kind === 'deleted') subscription.online();
    if (event.kind === 'items') {
      for (const item of event.items) subscription.received(this.#believed(receivedItem(event, item)));
    }
    return true;
  }

  /** A publisher is believed only from a service that is known to stamp it; else anybody could be named there. */
  #believed(item: ReceivedItem): ReceivedItem {
    const { pubsub, stampsPublisher } = this.#profile;
    if (item.publisher === undefined || (stampsPublisher && item.service === pubsub)) return item;
    return { ...item, publisher: undefined };
  }
}

function keyOf(service: string, node: string): string {
  return `${service}\n${node}`;
}
