export interface OfflineMessage {
  /** Increases in the order of storing. */
  readonly id: string;
  /** The stanza as XML text. */
  readonly stanza: string;
}

/** Messages for accounts without an available resource (XEP-0160). */
export interface OfflineStore {
  /**
   * @param message.limit - how many the account may have stored
   * @returns `unknown` when there is no such account, `full` at the limit; nothing is stored then
   */
  add(
    account: string,
    message: { readonly stanza: string; readonly limit: number },
  ): Promise<'stored' | 'full' | 'unknown'>;
  /** All stored messages, oldest first. */
  list(account: string): Promise<readonly OfflineMessage[]>;
  /** Forgets the messages up to and including `id`. */
  removeThrough(account: string, id: string): Promise<void>;
}
