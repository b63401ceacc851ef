import { formatChannel, type Channel } from '@nestanza/contracts';
import type { ItemListener, ItemsPage, ReceivedItem, Transport } from '@nestanza/bus/internal';
import { Jid, jsonText, type Connection, type ConnectionStatus, type Element } from '@nestanza/xmpp';

interface Node {
  /** Oldest first. */
  readonly items: ReceivedItem[];
  readonly listeners: Set<ItemListener>;
}

/** A PubSub service in memory, and a connection to it that a test can cut. */
export class FakeTransport implements Transport {
  readonly address = Jid.parse('orders@localhost');
  readonly connection: Connection;
  readonly messages: Element[] = [];
  /** Everything published, in the order of confirmation. */
  readonly published: { readonly channel: string; readonly id: string; readonly text: string }[] = [];
  /** Thrown by the next publishes, as long as it is there. */
  refusal: ((id: string) => Error | undefined) | undefined;
  /** Thrown by `items`, as long as it is there. */
  itemsFailure: Error | undefined;
  pages = 0;
  readonly #nodes = new Map<string, Node>();
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>();
  #status: ConnectionStatus = { state: 'online', jid: Jid.parse('orders@localhost/1'), resumed: false };

  constructor() {
    const status = () => this.#status;
    this.connection = {
      get status() {
        return status();
      },
      onStatus: (listener: (status: ConnectionStatus) => void) => {
        this.#statusListeners.add(listener);
        return () => this.#statusListeners.delete(listener);
      },
    } as unknown as Connection;
  }

  /** The stream goes, or comes back: subscribers are told as after a lost stream. */
  setOnline(online: boolean): void {
    this.#status = online
      ? { state: 'online', jid: Jid.parse('orders@localhost/1'), resumed: false }
      : { state: 'offline' };
    for (const listener of this.#statusListeners) listener(this.#status);
    if (!online) return;
    for (const { listeners } of this.#nodes.values()) for (const listener of listeners) listener.onSubscribed();
  }

  /** Stores an item; subscribers hear of it only while the stream stands. */
  put(channel: string, id: string, text: string): void {
    const node = this.#node(channel);
    const item: ReceivedItem = {
      service: 'pubsub.localhost',
      node: channel,
      id,
      payload: jsonText(text),
      publisher: 'shop@localhost',
    };
    const known = node.items.findIndex((other) => other.id === id);
    if (known !== -1) node.items.splice(known, 1);
    node.items.push(item);
    if (this.#status.state === 'online') for (const listener of node.listeners) listener.onItem(item);
  }

  publish(channel: Channel, { id, payload }: { readonly id: string; readonly payload: Element }): Promise<void> {
    const refusal = this.refusal?.(id);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve) =>
      setImmediate(() => {
        this.published.push({ channel: formatChannel(channel), id, text: payload.text });
        this.put(formatChannel(channel), id, payload.text);
        resolve();
      }),
    );
  }

  subscribe(channel: Channel, listener: ItemListener): () => void {
    const { listeners } = this.#node(formatChannel(channel));
    listeners.add(listener);
    setImmediate(() => {
      if (listeners.has(listener) && this.#status.state === 'online') listener.onSubscribed();
    });
    return () => listeners.delete(listener);
  }

  /** Cursors are counts of newer items, which stay true while nothing is published. */
  items(
    channel: Channel,
    { older, max = 100 }: { readonly older?: string; readonly max?: number } = {},
  ): Promise<ItemsPage> {
    this.pages += 1;
    if (this.itemsFailure !== undefined) return Promise.reject(this.itemsFailure);
    const newestFirst = [...this.#node(formatChannel(channel)).items].reverse();
    const start = older === undefined ? 0 : newestFirst.findIndex(({ id }) => id === older) + 1;
    const items = newestFirst.slice(start, start + max);
    const more = start + max < newestFirst.length;
    return Promise.resolve({ items, older: more ? items.at(-1)?.id : undefined });
  }

  sendMessage(message: Element): Promise<void> {
    this.messages.push(message);
    return Promise.resolve();
  }

  request(): Promise<Element> {
    return Promise.reject(new Error('no requests here'));
  }

  #node(channel: string): Node {
    const node = this.#nodes.get(channel) ?? { items: [], listeners: new Set() };
    this.#nodes.set(channel, node);
    return node;
  }
}
