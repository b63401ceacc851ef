import { errorText, type Clock, type Log } from '@nestanza/core';
import { type Element, Jid, NS_CLIENT, StreamError } from '@nestanza/xmpp';
import { ServerHooks } from './hooks.js';
import { shapeError, stamped } from './inbound-checks.js';
import { IqTable } from './iq-table.js';
import type { Limits } from './limits.js';
import { errorOf } from './replies.js';
import { RosterBook } from './roster-book.js';
import { Router } from './router.js';
import type { Session } from './session.js';
import { SessionIndex } from './session-index.js';
import type { AccountDataStore } from './store/account-data.store.js';
import type { AccountStore } from './store/account.store.js';
import type { ArchiveStore } from './store/archive.store.js';
import type { OfflineStore } from './store/offline.store.js';
import type { ServerStore } from './store/store.js';
import { TaskQueue } from './task-queue.js';

export interface HostOptions {
  readonly domain: string;
  readonly store: ServerStore;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly contacts?: Contacts | undefined;
}

/** XEP-0157: URIs (`mailto:`, `xmpp:`, `https:`) by purpose. */
export type Contacts = Readonly<
  Partial<Record<'abuse' | 'admin' | 'feedback' | 'sales' | 'security' | 'support', readonly string[]>>
>;

/** One feature of the server. Modules know the host and nothing of each other. */
export interface ServerModule {
  readonly name: string;
  /** What it adds to the server's service discovery. */
  readonly features?: readonly string[];
  /** What it adds to the service discovery of accounts. */
  readonly accountFeatures?: readonly string[];
  /** What it adds to the features of an authenticated stream (RFC 6120 §4.3.2). */
  streamFeatures?(limits: Limits): readonly Element[];
  setup(host: ServerHost): void;
}

/** The served domain: its sessions, and what modules need to work for them. */
export class ServerHost {
  readonly domain: string;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly hooks = new ServerHooks();
  readonly iq = new IqTable();
  readonly sessions = new SessionIndex();
  readonly router: Router;
  readonly accounts: AccountStore;
  readonly offline: OfflineStore;
  readonly rosters: RosterBook;
  /** One turn at a time for each account: whatever reads and then changes its roster, presence or stored messages. */
  readonly turns = new TaskQueue();
  readonly data: AccountDataStore;
  readonly archive: ArchiveStore;
  /** Addresses of who runs the server, by purpose. */
  readonly contacts: Contacts;
  readonly #ending = new WeakMap<Session, Promise<void>>();
  readonly #features = new Set<string>();
  readonly #accountFeatures = new Set<string>();
  readonly #streamFeatures: Element[] = [];

  constructor({ domain, store, limits, clock, log, contacts = {} }: HostOptions) {
    this.domain = domain;
    this.limits = limits;
    this.clock = clock;
    this.log = log;
    this.accounts = store.accounts(domain);
    this.offline = store.offline(domain);
    this.data = store.data(domain);
    this.archive = store.archive(domain);
    this.contacts = contacts;
    this.rosters = new RosterBook(store.rosters(domain));
    this.router = new Router({ domain, sessions: this.sessions, hooks: this.hooks, iq: this.iq, log });
  }

  use(...modules: readonly ServerModule[]): void {
    for (const module of modules) {
      for (const feature of module.features ?? []) this.#features.add(feature);
      for (const feature of module.accountFeatures ?? []) this.#accountFeatures.add(feature);
      this.#streamFeatures.push(...(module.streamFeatures?.(this.limits) ?? []));
      module.setup(this);
    }
  }

  /** Features announced by the server, sorted. */
  features(): readonly string[] {
    return [...this.#features].sort();
  }

  /** Features announced by every account, sorted. */
  accountFeatures(): readonly string[] {
    return [...this.#accountFeatures].sort();
  }

  /** Announced on an authenticated stream. */
  get streamFeatures(): readonly Element[] {
    return this.#streamFeatures;
  }

  /** The bare JID of a local account. */
  account(name: string): Jid {
    return Jid.of({ local: name, domain: this.domain });
  }

  isLocal(jid: Jid): boolean {
    return jid.domain === this.domain && jid.local !== '';
  }

  /** Handles one stanza of a session; the promise, where there is one, holds its next stanza back. Never rejects. */
  receive(session: Session, received: Element): Promise<void> | undefined {
    try {
      if (received.xmlns !== NS_CLIENT && this.hooks.nonza.claim({ session, element: received })) return undefined;
      const stanza = stamped(
        received,
        session.jid,
        (domain) => domain === this.domain || this.router.services().has(domain),
      );
      const fault = shapeError(stanza);
      if (fault !== undefined) return this.#reply(session, errorOf(stanza, fault));
      if (this.hooks.leaving.claim({ session, stanza })) return undefined;
      if (stanza.name === 'presence') return this.#presence(session, stanza);
      // RFC 6120 §10.3: without `to` it is for the sender's own account.
      this.router.route(stanza.attr('to') === undefined ? stanza.with({ to: session.jid.bare().toString() }) : stanza);
    } catch (error) {
      this.#failed(session, error);
    }
    return undefined;
  }

  /** Runs in the account's turn; a failure is logged, and the turn goes to the next. */
  async turn(account: string, task: () => Promise<void>): Promise<void> {
    try {
      await this.turns.run(account, task);
    } catch (error) {
      this.log.error('account task failed', { account, error: errorText(error) });
    }
  }

  /** Takes a session out, once, whatever ended it; resolves for every caller when all have been told. */
  ended(session: Session): Promise<void> {
    const ending = this.#ending.get(session) ?? this.#end(session);
    this.#ending.set(session, ending);
    return ending;
  }

  async #end(session: Session): Promise<void> {
    session.end();
    this.sessions.remove(session);
    await this.hooks.sessionEnded.tell({ session });
    for (const engine of this.router.services().values()) engine.sessionEnded(session.jid);
  }

  #presence(session: Session, stanza: Element): Promise<void> | undefined {
    const text = stanza.attr('to');
    const to = text === undefined ? undefined : Jid.parse(text);
    return this.hooks.presenceOut.tell({ session, to, stanza }).catch((error: unknown) => this.#failed(session, error));
  }

  #reply(session: Session, reply: Element | undefined): undefined {
    if (reply !== undefined) session.send(reply.with({ from: reply.attr('from') ?? this.domain }));
  }

  #failed(session: Session, error: unknown): void {
    if (error instanceof StreamError) return session.close(error.condition, error.text);
    this.log.error('stanza failed', { session: session.jid.toString(), error: errorText(error) });
    session.close('internal-server-error');
  }
}
