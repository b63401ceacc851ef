import type { Account, AccountStore } from '../account.store.js';

export class MemoryAccounts implements AccountStore {
  readonly #accounts = new Map<string, Account>();
  readonly #removals: ((name: string) => void)[] = [];

  /** Calls the listener with each removed account, so that what belongs to it goes too. */
  onRemove(listener: (name: string) => void): void {
    this.#removals.push(listener);
  }

  async find(name: string): Promise<Account | undefined> {
    return this.#accounts.get(name);
  }

  async add(account: Account): Promise<boolean> {
    if (this.#accounts.has(account.name)) return false;
    this.#accounts.set(account.name, account);
    return true;
  }

  async put(account: Account): Promise<void> {
    this.#accounts.set(account.name, account);
  }

  async remove(name: string): Promise<boolean> {
    for (const listener of this.#removals) listener(name);
    return this.#accounts.delete(name);
  }

  async names(): Promise<readonly string[]> {
    return [...this.#accounts.keys()].sort();
  }
}
