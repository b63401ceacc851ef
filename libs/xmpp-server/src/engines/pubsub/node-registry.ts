import type { PubSubStore, StoredNode } from '../../store/pubsub.store.js';
import { Node } from './node.js';

/**
 * Nodes by name, loaded once and kept while they are used: the engine is the only writer, so what is in memory is what is
 * stored. Bounded: the one unused for longest is forgotten, unless sessions are subscribed to it.
 */
export class NodeRegistry {
  readonly #store: PubSubStore;
  readonly #capacity: number;
  readonly #nodes = new Map<string, Promise<Node | undefined>>();
  readonly #loaded = new Map<string, Node>();
  /** Nodes by the full JID whose subscription ends with its session. */
  readonly #sessions = new Map<string, Set<Node>>();

  constructor(store: PubSubStore, capacity = 10_000) {
    this.#store = store;
    this.#capacity = capacity;
  }

  async find(name: string): Promise<Node | undefined> {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined) {
      this.#touch(loaded);
      return loaded;
    }
    const loading = this.#nodes.get(name) ?? this.#load(name);
    this.#nodes.set(name, loading);
    try {
      return await loading;
    } finally {
      this.#nodes.delete(name);
    }
  }

  add(stored: StoredNode): Node {
    const node = new Node(stored);
    this.#touch(node);
    return node;
  }

  remove(node: Node): void {
    this.#loaded.delete(node.name);
    for (const jid of node.subscribers()) this.#release(jid, node);
  }

  /** Subscribes until the session ends. */
  subscribeSession(node: Node, jid: string): void {
    node.subscribe(jid, 'session-end');
    const nodes = this.#sessions.get(jid) ?? new Set();
    this.#sessions.set(jid, nodes.add(node));
  }

  unsubscribe(node: Node, jid: string): void {
    node.unsubscribe(jid);
    this.#release(jid, node);
  }

  endSession(jid: string): void {
    for (const node of this.#sessions.get(jid) ?? []) node.unsubscribe(jid);
    this.#sessions.delete(jid);
  }

  /** Nodes that sessions of an account are subscribed to, with the full JID. */
  sessionSubscriptionsOf(bare: string): { node: string; jid: string }[] {
    return [...this.#sessions]
      .filter(([jid]) => jid.startsWith(`${bare}/`))
      .flatMap(([jid, nodes]) => [...nodes].map((node) => ({ node: node.name, jid })));
  }

  /** Everything in memory. */
  loaded(): readonly Node[] {
    return [...this.#loaded.values()];
  }

  async #load(name: string): Promise<Node | undefined> {
    const stored = await this.#store.load(name);
    return stored && this.add(stored);
  }

  #release(jid: string, node: Node): void {
    const nodes = this.#sessions.get(jid);
    nodes?.delete(node);
    if (nodes?.size === 0) this.#sessions.delete(jid);
  }

  #touch(node: Node): void {
    this.#loaded.delete(node.name);
    this.#loaded.set(node.name, node);
    if (this.#loaded.size <= this.#capacity) return;
    for (const candidate of this.#loaded.values()) {
      if (candidate === node || candidate.hasSessionSubscribers) continue;
      this.#loaded.delete(candidate.name);
      return;
    }
  }
}
