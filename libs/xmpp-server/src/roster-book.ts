import type { Roster, RosterItem, RosterStore } from './store/roster.store.js';

/** One account's roster in memory: what is stored, changed only through its book. */
export interface OpenRoster {
  readonly version: number;
  readonly items: ReadonlyMap<string, RosterItem>;
}

/** Rosters in use. The server is their only writer, so a loaded roster stays true; the one unused for longest is forgotten. */
export class RosterBook {
  readonly #store: RosterStore;
  readonly #capacity: number;
  readonly #open = new Map<string, { version: number; readonly items: Map<string, RosterItem> }>();

  constructor(store: RosterStore, capacity = 5_000) {
    this.#store = store;
    this.#capacity = capacity;
  }

  /** The account's roster. Call it, and change it, only from the account's turn in the task queue. */
  async open(account: string): Promise<OpenRoster> {
    return this.#roster(account);
  }

  /** Stores the contact. Durable when it resolves. */
  async put(account: string, item: RosterItem): Promise<void> {
    const roster = await this.#roster(account);
    roster.version = await this.#store.put(account, item);
    roster.items.set(item.jid, item);
  }

  async remove(account: string, jid: string): Promise<void> {
    const roster = await this.#roster(account);
    roster.version = await this.#store.remove(account, jid);
    roster.items.delete(jid);
  }

  /** Accounts whose request to this contact is unanswered. */
  askers(jid: string): Promise<readonly string[]> {
    return this.#store.askers(jid);
  }

  forget(account: string): void {
    this.#open.delete(account);
  }

  async #roster(account: string) {
    const known = this.#open.get(account);
    const roster = known ?? opened(await this.#store.load(account));
    this.#open.delete(account);
    this.#open.set(account, roster);
    if (this.#open.size > this.#capacity) this.#open.delete(this.#open.keys().next().value!);
    return roster;
  }
}

function opened({ version, items }: Roster) {
  return { version, items: new Map(items.map((item) => [item.jid, item])) };
}
