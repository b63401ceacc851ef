import type { AccountStore } from '../account.store.js';
import type { OfflineMessage, OfflineStore } from '../offline.store.js';

export class MemoryOffline implements OfflineStore {
  readonly #accounts: AccountStore;
  readonly #messages = new Map<string, OfflineMessage[]>();
  #last = 0;

  constructor(accounts: AccountStore) {
    this.#accounts = accounts;
  }

  async add(
    account: string,
    { stanza, limit }: { stanza: string; limit: number },
  ): Promise<'stored' | 'full' | 'unknown'> {
    if ((await this.#accounts.find(account)) === undefined) return 'unknown';
    const messages = this.#messages.get(account) ?? [];
    if (messages.length >= limit) return 'full';
    this.#last += 1;
    this.#messages.set(account, [...messages, { id: String(this.#last), stanza }]);
    return 'stored';
  }

  async list(account: string): Promise<readonly OfflineMessage[]> {
    return this.#messages.get(account) ?? [];
  }

  async removeThrough(account: string, id: string): Promise<void> {
    const rest = (this.#messages.get(account) ?? []).filter((message) => Number(message.id) > Number(id));
    if (rest.length === 0) this.#messages.delete(account);
    else this.#messages.set(account, rest);
  }

  forget(account: string): void {
    this.#messages.delete(account);
  }
}
