import type { Roster, RosterItem, RosterStore } from '../roster.store.js';

export class MemoryRosters implements RosterStore {
  readonly #rosters = new Map<string, { version: number; readonly items: Map<string, RosterItem> }>();

  async load(account: string): Promise<Roster> {
    const roster = this.#rosters.get(account);
    return { version: roster?.version ?? 0, items: [...(roster?.items.values() ?? [])] };
  }

  async put(account: string, item: RosterItem): Promise<number> {
    const roster = this.#of(account);
    roster.items.set(item.jid, item);
    return (roster.version += 1);
  }

  async remove(account: string, jid: string): Promise<number> {
    const roster = this.#of(account);
    roster.items.delete(jid);
    return (roster.version += 1);
  }

  async askers(jid: string): Promise<readonly string[]> {
    return [...this.#rosters]
      .filter(([, { items }]) => items.get(jid)?.ask === true)
      .map(([account]) => account)
      .sort();
  }

  forget(account: string): void {
    this.#rosters.delete(account);
  }

  #of(account: string) {
    const roster = this.#rosters.get(account) ?? { version: 0, items: new Map<string, RosterItem>() };
    this.#rosters.set(account, roster);
    return roster;
  }
}
