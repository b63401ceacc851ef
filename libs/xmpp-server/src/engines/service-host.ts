import type { Clock, Log } from '@nestanza/core';
import type { Element, Jid } from '@nestanza/xmpp';

/**
 * What a service engine (PubSub, rooms, …) needs of whoever carries it: the embedded server's router, or an external
 * component's connection (XEP-0114). An engine knows nothing else of its surroundings.
 *
 * Promises: stanzas reach `handle` in the order of arrival, with an authenticated `from`; `send` never throws and keeps
 * the order. Does not promise: that a sent stanza arrives.
 */
export interface ServiceHost {
  /** The service's own address, in every reply's `from`. */
  readonly domain: string;
  send(stanza: Element): void;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether this JID administers the service: it counts as owner of every node. */
  isAdmin(jid: Jid): boolean;
  /** Whether this JID may create nodes or rooms. */
  mayCreate(jid: Jid): boolean;
  /**
   * What the carrier knows of this full JID's session. It calls `sessionEnded` for every one it called `live`, and what
   * belongs to a full JID ends with it; what belongs to an `untracked` one stays until removed.
   */
  session(jid: Jid): 'live' | 'over' | 'untracked';
}

/** A service engine as its carrier sees it. */
export interface ServiceEngine {
  /** Payloads of the IQ requests that it serves, for carriers that have to know beforehand. */
  readonly payloads: readonly { readonly name: string; readonly xmlns: string }[];
  /** Takes a stanza addressed to the service. Every IQ request is answered, unknown ones with `service-unavailable`. */
  handle(stanza: Element): void;
  /** The full JID's session is over. */
  sessionEnded(jid: Jid): void;
  /** The account is deleted: nothing of it may remain. */
  accountDeleted(bare: string): Promise<void>;
  /** Resolves when everything taken so far is handled. */
  idle(): Promise<void>;
}
