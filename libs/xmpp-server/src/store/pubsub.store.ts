import type { Affiliation } from '../engines/pubsub/access.js';
import type { NodeConfig } from '../engines/pubsub/node-config.js';

/** A node as stored; `key` identifies it even when a deleted node's name is used again. */
export interface StoredNode {
  readonly key: string;
  readonly name: string;
  readonly config: NodeConfig;
  /** By bare JID; `none` is not stored. */
  readonly affiliations: ReadonlyMap<string, Affiliation>;
  /** JIDs whose subscription is kept over restarts. */
  readonly subscribers: ReadonlySet<string>;
  readonly itemCount: number;
}

export interface NewNode {
  readonly name: string;
  readonly config: NodeConfig;
  /** Bare JID. */
  readonly owner: string;
  /** How many nodes the service may have. */
  readonly limit: number;
}

export interface NodeSummary {
  readonly name: string;
  readonly title: string;
}

export interface NewItem {
  readonly id: string;
  /** Bare JID of who published. */
  readonly publisher: string;
  /** XML text; `undefined` for an item without payload. */
  readonly payload: string | undefined;
}

export interface StoredItem extends NewItem {
  /** Place in the order of publication; comparable within one node only. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
}

/** A window on a node's items. Exactly one of `after`, `before` may be given; with neither, it is the newest. */
export interface ItemWindow {
  /** Only items published after this position, the oldest of them. */
  readonly after?: number;
  /** Only items published before this position, the newest of them. */
  readonly before?: number;
  readonly max: number;
  /** The window ends early so that payloads stay below this many characters; it holds one item at least. */
  readonly maxCharacters: number;
}

export interface NodeMembership<Value> {
  readonly node: string;
  readonly jid: string;
  readonly value: Value;
}

/**
 * Nodes and items of one PubSub service. Has one writer at a time: the engine that serves the domain.
 *
 * Promises: each method is one atomic, durable change when it resolves; publishes commit and resolve in the order of their calls.
 * Does not promise: order between a publish and any other change that is begun before it resolved (the engine orders them).
 */
export interface PubSubStore {
  create(node: NewNode): Promise<StoredNode | 'taken' | 'full'>;
  load(name: string): Promise<StoredNode | undefined>;
  /** Nodes in a lasting order of their names, from the first one after `after`. */
  list(page: { readonly after?: string; readonly max: number }): Promise<readonly NodeSummary[]>;
  configure(key: string, config: NodeConfig): Promise<void>;
  /** Removes the node with its items, affiliations and subscriptions. */
  remove(key: string): Promise<void>;

  /** `none` removes it. */
  affiliate(key: string, jid: string, affiliation: Affiliation): Promise<void>;
  subscribe(key: string, jid: string): Promise<void>;
  unsubscribe(key: string, jid: string): Promise<void>;
  /** Of a bare JID, in order of node name. */
  affiliationsOf(jid: string): Promise<readonly NodeMembership<Affiliation>[]>;
  /** Of a bare JID and its full JIDs, in order of node name. */
  subscriptionsOf(bare: string): Promise<readonly NodeMembership<'subscribed'>[]>;
  /** Ends every subscription and affiliation of an account. */
  forget(bare: string): Promise<void>;

  /** Stores the item as the newest; one of the same id is replaced. */
  publish(key: string, item: NewItem): Promise<{ readonly replaced: boolean }>;
  /** Removes the `count` oldest items. */
  dropOldest(key: string, count: number): Promise<void>;
  item(key: string, id: string): Promise<StoredItem | undefined>;
  /** In order of publication. */
  items(key: string, window: ItemWindow): Promise<readonly StoredItem[]>;
  /** @returns false when there is no such item */
  retract(key: string, id: string): Promise<boolean>;
  purge(key: string): Promise<void>;
}
