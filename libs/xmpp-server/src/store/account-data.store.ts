/**
 * Small documents of an account, by key: what modules keep for it. They go with the account.
 * Promises: `put` is durable and atomic when it resolves.
 */
export interface AccountDataStore {
  get(account: string, key: string): Promise<string | undefined>;
  /**
   * Stores the document; `undefined` removes it.
   * @param entry.limit - how many documents the account may have
   * @returns `unknown` when there is no such account, `full` at the limit; nothing is stored then
   */
  put(
    account: string,
    entry: { readonly key: string; readonly value: string | undefined; readonly limit: number },
  ): Promise<'stored' | 'full' | 'unknown'>;
}
