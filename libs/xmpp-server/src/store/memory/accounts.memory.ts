import type { Account, AccountStore } from '../account.store.js';

export class MemoryAccounts implements AccountStore {
  readonly #accounts = new Map<string, Account>();
  readonly #leaving = new Set<string>();
  readonly #reserved = new Set<string>();
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
    return this.put(account);
  }

  async put(account: Account): Promise<boolean> {
    if (await this.isReserved(account.name)) return false;
    this.#accounts.set(account.name, account);
    return true;
  }

  async dismiss(name: string): Promise<boolean> {
    if (!this.#accounts.delete(name)) return false;
    this.#leaving.add(name);
    return true;
  }

  async leaving(): Promise<readonly string[]> {
    return [...this.#leaving];
  }

  async remove(name: string): Promise<boolean> {
    const existed = this.#accounts.delete(name) || this.#leaving.delete(name);
    if (!existed) return false;
    this.#reserved.add(name);
    for (const listener of this.#removals) listener(name);
    return true;
  }

  async isReserved(name: string): Promise<boolean> {
    return this.#reserved.has(name) || this.#leaving.has(name);
  }

  async names(): Promise<readonly string[]> {
    return [...this.#accounts.keys()].sort();
  }
}
