import type { Jid } from '@nestanza/xmpp';
import type { StoredNode } from '../../store/pubsub.store.js';
import { readDenial, type Affiliation, type Standing } from './access.js';
import type { NodeConfig } from './node-config.js';

/** One node while it is in memory: what is stored of it, and the subscriptions that end with their sessions. */
export class Node {
  readonly key: string;
  readonly name: string;
  config: NodeConfig;
  itemCount: number;
  readonly #affiliations: Map<string, Affiliation>;
  readonly #stored: Set<string>;
  readonly #sessions = new Set<string>();

  constructor(stored: StoredNode) {
    this.key = stored.key;
    this.name = stored.name;
    this.config = stored.config;
    this.itemCount = stored.itemCount;
    this.#affiliations = new Map(stored.affiliations);
    this.#stored = new Set(stored.subscribers);
  }

  get affiliations(): ReadonlyMap<string, Affiliation> {
    return this.#affiliations;
  }

  affiliation(bare: string): Affiliation {
    return this.#affiliations.get(bare) ?? 'none';
  }

  affiliate(bare: string, affiliation: Affiliation): void {
    if (affiliation === 'none') this.#affiliations.delete(bare);
    else this.#affiliations.set(bare, affiliation);
  }

  owners(): string[] {
    return [...this.#affiliations].filter(([, affiliation]) => affiliation === 'owner').map(([bare]) => bare);
  }

  /** Full and bare JIDs, each once. */
  subscribers(): string[] {
    return [...this.#stored, ...this.#sessions];
  }

  get subscriberCount(): number {
    return this.#stored.size + this.#sessions.size;
  }

  get hasSessionSubscribers(): boolean {
    return this.#sessions.size > 0;
  }

  isSubscribed(jid: string): boolean {
    return this.#stored.has(jid) || this.#sessions.has(jid);
  }

  /** Those of an account: its bare JID's and its sessions'. */
  subscriptionsOf(bare: string): string[] {
    return this.subscribers().filter((jid) => jid === bare || jid.startsWith(`${bare}/`));
  }

  subscribe(jid: string, until: 'removed' | 'session-end'): void {
    (until === 'removed' ? this.#stored : this.#sessions).add(jid);
  }

  unsubscribe(jid: string): void {
    this.#stored.delete(jid);
    this.#sessions.delete(jid);
  }

  /** How access rules see this JID. */
  standing(jid: Jid, isAdmin: boolean): Standing {
    const bare = jid.bare().toString();
    return {
      affiliation: isAdmin ? 'owner' : this.affiliation(bare),
      subscribed: this.isSubscribed(bare) || this.isSubscribed(jid.toString()),
    };
  }

  /** Whether a subscriber may still be told: asked at each send, so that a narrower access model counts at once. */
  mayReceive(jid: string): boolean {
    const slash = jid.indexOf('/');
    const affiliation = this.affiliation(slash < 0 ? jid : jid.slice(0, slash));
    return readDenial(this.config, { affiliation, subscribed: true }) === undefined;
  }
}
