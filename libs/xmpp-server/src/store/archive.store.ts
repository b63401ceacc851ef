export interface NewArchivedMessage {
  /** Unique in the archive; never used again. */
  readonly id: string;
  /** Bare JID of the other side. */
  readonly peer: string;
  /** Its resource, empty where there was none. */
  readonly resource: string;
  /** The stanza as XML text. */
  readonly stanza: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ArchivedMessage {
  readonly id: string;
  readonly stanza: string;
  readonly at: number;
}

/** Which messages, and which of them: the first after `after`, the last before `before`, else the first, or the newest. */
export interface ArchiveQuery {
  readonly peer?: string;
  readonly resource?: string;
  /** Inclusive, milliseconds since the epoch. */
  readonly start?: number;
  readonly end?: number;
  /** Ids of messages in the archive. */
  readonly after?: string;
  readonly before?: string;
  readonly newest?: boolean;
  readonly max: number;
}

export interface ArchivePage {
  /** In the order of archiving. */
  readonly messages: readonly ArchivedMessage[];
  /** No more on the side that the page goes to. */
  readonly complete: boolean;
  /** Of all that fit, whatever the page. */
  readonly count: number;
}

/** Conversations of accounts, each in the order of archiving (XEP-0313). */
export interface ArchiveStore {
  /** Stores the message; of an account's messages beyond about `keep` the oldest go. */
  add(account: string, message: NewArchivedMessage, keep: number): Promise<void>;
  /** @returns `undefined` when `after` or `before` is no message of the archive */
  page(account: string, query: ArchiveQuery): Promise<ArchivePage | undefined>;
}
