export type Subscription = 'none' | 'to' | 'from' | 'both';

/** One contact of an account, with all that the subscription state machine knows of it (RFC 6121 §2.1, appendix A). */
export interface RosterItem {
  /** Bare JID of the contact. */
  readonly jid: string;
  readonly name: string | undefined;
  readonly groups: readonly string[];
  readonly subscription: Subscription;
  /** Own request is pending: "Pending Out". */
  readonly ask: boolean;
  /** The contact's whole `subscribe` stanza while it waits for an answer: "Pending In" (RFC 6121 §3.1.3). */
  readonly request: string | undefined;
  /** False while the item exists for `request` alone: it is no roster item for the user then. */
  readonly listed: boolean;
}

export interface Roster {
  /** Grows with every change; 0 before the first. */
  readonly version: number;
  readonly items: readonly RosterItem[];
}

/** Promises: `put` and `remove` are durable when they resolve, and return the version that they made. */
export interface RosterStore {
  load(account: string): Promise<Roster>;
  put(account: string, item: RosterItem): Promise<number>;
  /** Removes the contact; a missing one is no error. */
  remove(account: string, jid: string): Promise<number>;
  /** Accounts whose request to this contact is unanswered (`ask`), sorted. */
  askers(jid: string): Promise<readonly string[]>;
}
