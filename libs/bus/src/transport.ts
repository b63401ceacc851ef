import type { Channel } from '@nestanza/contracts';
import type { Connection, Element, Jid, RequestOptions, Unsubscribe } from '@nestanza/xmpp';

/** One item of a node, as a notification or a page of items brings it. */
export interface ReceivedItem {
  /** Bare JID of the PubSub service. */
  readonly service: string;
  readonly node: string;
  readonly id: string;
  readonly payload: Element | undefined;
  /** Bare JID of the publisher, only where the service stamped it. */
  readonly publisher: string | undefined;
}

export interface ItemsPage {
  /** Newest first. */
  readonly items: readonly ReceivedItem[];
  /** Cursor of the service for the next older page; `undefined` when this was the last one. */
  readonly older: string | undefined;
}

export interface ItemListener {
  /** Called in the order of arrival, never before the `onSubscribed` of the current stream has been called. */
  onItem(item: ReceivedItem): void;
  /**
   * The subscription stands, for the first time or again after a lost stream: items published before this moment may
   * have been missed. Called once per stream.
   */
  onSubscribed(): void;
}

/**
 * The bus's view of XMPP: channels in, channels out, on one `Connection`. Delivery and workflow use it through
 * `@nestanza/bus/internal`.
 */
export interface Transport {
  readonly connection: Connection;
  /** Bare JID of this service. @throws before the first online */
  readonly address: Jid;

  /** Resolves when the PubSub service has confirmed. A repeated id is stored once and notified again. */
  publish(channel: Channel, item: { readonly id: string; readonly payload: Element }): Promise<void>;
  /**
   * Keeps the bare JID subscribed, over reconnects, until the returned function is called. Waits, and says so, where the node
   * does not exist yet.
   */
  subscribe(channel: Channel, listener: ItemListener): Unsubscribe;
  /** One page of a node's items, newest first. @param page.max - at most so many items, default 100 */
  items(channel: Channel, page?: { readonly older?: string; readonly max?: number }): Promise<ItemsPage>;
  /** Resolves when the own server has taken the message over. */
  sendMessage(message: Element): Promise<void>;
  request(iq: Element, options?: RequestOptions): Promise<Element>;
}
