import type { PubSubStore, ServerStore } from '@nestanza/xmpp-server';

/** An item that a PubSub service has stored. */
export interface StoredPublication {
  /** Domain of the service. */
  readonly service: string;
  readonly node: string;
  readonly id: string;
  /** Bare JID. */
  readonly publisher: string;
  /** XML text; `undefined` for an item without payload. */
  readonly payload: string | undefined;
}

/** Who is told what a PubSub service stores. */
export interface StoreListener {
  /** A node was made. @param owner - bare JID */
  created(node: string, owner: string): void;
  /** An item was stored, and is not yet confirmed to its publisher. */
  published(publication: StoredPublication): void;
}

/** The same store, which tells of what is made and published. */
export function recordingStore(store: ServerStore, listener: StoreListener): ServerStore {
  return overriding(store, { pubsub: (service) => recordingPubSub(store.pubsub(service), service, listener) });
}

function recordingPubSub(store: PubSubStore, service: string, listener: StoreListener): PubSubStore {
  const names = new Map<string, string>();
  return overriding(store, {
    create: async (node) => {
      const created = await store.create(node);
      if (typeof created !== 'object') return created;
      names.set(created.key, created.name);
      listener.created(created.name, node.owner);
      return created;
    },
    load: async (name) => {
      const loaded = await store.load(name);
      if (loaded !== undefined) names.set(loaded.key, loaded.name);
      return loaded;
    },
    publish: async (key, item) => {
      const published = await store.publish(key, item);
      const { id, publisher, payload } = item;
      listener.published({ service, node: names.get(key) ?? key, id, publisher, payload });
      return published;
    },
  });
}

/** `target` with some methods replaced; the others keep their own `this`. */
function overriding<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (_, property) => {
      const other: unknown = Reflect.get(replaced, property);
      if (other !== undefined) return other;
      const own: unknown = Reflect.get(target, property);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}
