import type { Affiliation } from '../../engines/pubsub/access.js';
import type { NodeConfig } from '../../engines/pubsub/node-config.js';
import type {
  ItemWindow,
  NewItem,
  NewNode,
  NodeMembership,
  NodeSummary,
  PubSubStore,
  StoredItem,
  StoredNode,
} from '../pubsub.store.js';

interface MemoryNode {
  readonly key: string;
  readonly name: string;
  config: NodeConfig;
  readonly affiliations: Map<string, Affiliation>;
  readonly subscribers: Set<string>;
  /** In order of publication. */
  readonly items: Map<string, StoredItem>;
}

export class MemoryPubSub implements PubSubStore {
  readonly #nodes = new Map<string, MemoryNode>();
  #lastKey = 0;
  #lastPosition = 0;

  async create({ name, config, owner, limit }: NewNode): Promise<StoredNode | 'taken' | 'full'> {
    if (this.#named(name) !== undefined) return 'taken';
    if (this.#nodes.size >= limit) return 'full';
    this.#lastKey += 1;
    const key = String(this.#lastKey);
    const node = {
      key,
      name,
      config,
      affiliations: new Map([[owner, 'owner' as const]]),
      subscribers: new Set<string>(),
      items: new Map(),
    };
    this.#nodes.set(key, node);
    return snapshot(node);
  }

  async load(name: string): Promise<StoredNode | undefined> {
    const node = this.#named(name);
    return node && snapshot(node);
  }

  async list({ after = '', max }: { after?: string; max: number }): Promise<readonly NodeSummary[]> {
    return this.#sorted()
      .filter(({ name }) => name > after)
      .slice(0, max)
      .map(({ name, config }) => ({ name, title: config.title }));
  }

  async configure(key: string, config: NodeConfig): Promise<void> {
    const node = this.#nodes.get(key);
    if (node !== undefined) node.config = config;
  }

  async remove(key: string): Promise<void> {
    this.#nodes.delete(key);
  }

  async affiliate(key: string, jid: string, affiliation: Affiliation): Promise<void> {
    if (affiliation === 'none') this.#nodes.get(key)?.affiliations.delete(jid);
    else this.#nodes.get(key)?.affiliations.set(jid, affiliation);
  }

  async subscribe(key: string, jid: string): Promise<void> {
    this.#nodes.get(key)?.subscribers.add(jid);
  }

  async unsubscribe(key: string, jid: string): Promise<void> {
    this.#nodes.get(key)?.subscribers.delete(jid);
  }

  async affiliationsOf(jid: string): Promise<readonly NodeMembership<Affiliation>[]> {
    return this.#sorted().flatMap(({ name: node, affiliations }) => {
      const value = affiliations.get(jid);
      return value === undefined ? [] : [{ node, jid, value }];
    });
  }

  async subscriptionsOf(bare: string): Promise<readonly NodeMembership<'subscribed'>[]> {
    return this.#sorted().flatMap(({ name: node, subscribers }) =>
      [...subscribers]
        .filter((jid) => belongsTo(jid, bare))
        .sort()
        .map((jid) => ({ node, jid, value: 'subscribed' as const })),
    );
  }

  async forget(bare: string): Promise<void> {
    for (const { affiliations, subscribers } of this.#nodes.values()) {
      affiliations.delete(bare);
      for (const jid of subscribers) if (belongsTo(jid, bare)) subscribers.delete(jid);
    }
  }

  async publish(key: string, item: NewItem): Promise<{ readonly replaced: boolean }> {
    const items = this.#items(key);
    const replaced = items.delete(item.id);
    this.#lastPosition += 1;
    items.set(item.id, { ...item, position: this.#lastPosition, publishedAt: Date.now() });
    return { replaced };
  }

  async dropOldest(key: string, count: number): Promise<void> {
    const items = this.#items(key);
    for (const id of [...items.keys()].slice(0, count)) items.delete(id);
  }

  async item(key: string, id: string): Promise<StoredItem | undefined> {
    return this.#items(key).get(id);
  }

  async items(key: string, { after, before, max, maxCharacters }: ItemWindow): Promise<readonly StoredItem[]> {
    const all = [...this.#items(key).values()];
    if (after !== undefined) {
      return upTo(maxCharacters, all.filter(({ position }) => position > after).slice(0, max));
    }
    const older = before === undefined ? all : all.filter(({ position }) => position < before);
    return upTo(maxCharacters, older.slice(-max).reverse()).reverse();
  }

  async retract(key: string, id: string): Promise<boolean> {
    return this.#items(key).delete(id);
  }

  async purge(key: string): Promise<void> {
    this.#items(key).clear();
  }

  #named(name: string): MemoryNode | undefined {
    return [...this.#nodes.values()].find((node) => node.name === name);
  }

  #sorted(): MemoryNode[] {
    return [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #items(key: string): Map<string, StoredItem> {
    return this.#nodes.get(key)?.items ?? new Map<string, StoredItem>();
  }
}

function snapshot({ key, name, config, affiliations, subscribers, items }: MemoryNode): StoredNode {
  return {
    key,
    name,
    config,
    affiliations: new Map(affiliations),
    subscribers: new Set(subscribers),
    itemCount: items.size,
  };
}

function belongsTo(jid: string, bare: string): boolean {
  return jid === bare || jid.startsWith(`${bare}/`);
}

/** The first items whose payloads stay below the bound, one at least. */
function upTo(maxCharacters: number, items: readonly StoredItem[]): StoredItem[] {
  let characters = 0;
  return items.filter((item, index) => {
    characters += item.payload?.length ?? 0;
    return index === 0 || characters <= maxCharacters;
  });
}
