import type { AccountDataStore } from '../account-data.store.js';
import type { AccountStore } from '../account.store.js';

export class MemoryAccountData implements AccountDataStore {
  readonly #accounts: AccountStore;
  readonly #documents = new Map<string, Map<string, string>>();

  constructor(accounts: AccountStore) {
    this.#accounts = accounts;
  }

  async get(account: string, key: string): Promise<string | undefined> {
    return this.#documents.get(account)?.get(key);
  }

  async put(
    account: string,
    { key, value, limit }: { key: string; value: string | undefined; limit: number },
  ): Promise<'stored' | 'full' | 'unknown'> {
    if ((await this.#accounts.find(account)) === undefined) return 'unknown';
    const documents = this.#documents.get(account) ?? new Map<string, string>();
    this.#documents.set(account, documents);
    if (value === undefined) documents.delete(key);
    else if (!documents.has(key) && documents.size >= limit) return 'full';
    else documents.set(key, value);
    return 'stored';
  }

  forget(account: string): void {
    this.#documents.delete(account);
  }
}
