import { type Log, systemClock, type Clock } from '@nestanza/core';
import { type Connection, type Element, Jid, type Unsubscribe, xml } from '@nestanza/xmpp';
import type { PresenceChange } from '../decorators/on-presence.decorator.js';
import { type Instance, PresenceDirectory } from './presence-directory.js';
import { PresenceSubscription } from './presence-subscription.js';

/** How long the first look for an account waits for its presence: subscribed, approved and told within one server. */
const FIRST_SIGHT = 1_000;

/** Accounts kept in sight. */
const MOST_WATCHED = 10_000;

export interface ColleaguesOptions {
  readonly connection: Connection;
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * The services this one knows: it subscribes to the presence of accounts it needs, and lets every account of its own
 * domain see its own (RFC 6121 §3). A component has no presence of its own and sees nobody.
 */
export class Colleagues {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #directory: PresenceDirectory;
  readonly #asked = new Map<string, Promise<void>>();
  readonly #wanted = new Map<string, PresenceSubscription>();
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  readonly #release: readonly Unsubscribe[];

  constructor({ connection, log, clock = systemClock }: ColleaguesOptions) {
    this.#connection = connection;
    this.#log = log;
    this.#clock = clock;
    this.#directory = new PresenceDirectory(() => connection.jid?.domain ?? '');
    this.#release = [
      connection.onStanza((stanza) => (stanza.name === 'presence' ? this.#receive(stanza) : false)),
      connection.onStatus((status) => {
        // A resumed stream has missed nothing; on any other the server tells everybody's presence anew.
        if (status.state === 'online' && !status.resumed) {
          for (const subscription of this.#wanted.values()) subscription.ask();
        }
        if (status.state !== 'online' && status.state !== 'connecting') {
          this.#asked.clear();
          for (const change of this.#directory.clear()) this.#tell(change);
        }
      }),
    ];
  }

  /** Calls the listener at every change, in order. */
  onChange(listener: (change: PresenceChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps an account in sight from now on. Beyond 10,000 accounts no further one is looked at. */
  watch(bare: string): void {
    if (this.#wanted.has(bare) || this.#wanted.size >= MOST_WATCHED) return;
    const subscription = new PresenceSubscription(bare, { connection: this.#connection, clock: this.#clock });
    this.#wanted.set(bare, subscription);
    subscription.ask();
  }

  /** Instances of an account that take calls, best first, as far as known now. */
  serving(bare: string): readonly Instance[] {
    return this.#directory.serving(bare);
  }

  /** The same, after the account has had time to show itself; waits once per account and stream. */
  async look(bare: string): Promise<readonly Instance[]> {
    this.watch(bare);
    let asked = this.#asked.get(bare);
    if (asked === undefined) {
      asked = this.#firstSight(bare);
      this.#asked.set(bare, asked);
    }
    if (this.serving(bare).length === 0) await asked;
    return this.serving(bare);
  }

  close(): void {
    for (const release of this.#release) release();
    for (const subscription of this.#wanted.values()) subscription.end();
    this.#wanted.clear();
    this.#listeners.clear();
  }

  #firstSight(bare: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        release();
        resolve();
      };
      const timer = this.#clock.after(FIRST_SIGHT, done);
      const release = this.onChange((change) => {
        if (change.available && Jid.parse(change.jid).bare().toString() === bare) done();
      });
    });
  }

  #receive(stanza: Element): boolean {
    const type = stanza.attr('type');
    const from = stanza.attr('from');
    if (from === undefined) return true;
    if (type === 'subscribe') {
      this.#approve(from);
      return true;
    }
    const wanted = this.#wanted.get(Jid.parse(from).bare().toString());
    if (type === 'subscribed' || type === undefined) wanted?.end();
    if (type === 'unsubscribed') wanted?.refused();
    const change = this.#directory.apply(stanza);
    if (change !== undefined) this.#tell(change);
    return true;
  }

  /** Own domain only: who else wants to see a service's presence is the administrator's to say. */
  #approve(from: string): void {
    const jid = Jid.parse(from);
    if (jid.domain !== this.#connection.jid?.domain) {
      this.#log.warn('A presence subscription from another domain was left unanswered.', { from });
      return;
    }
    this.#connection.send(xml('presence', { xmlns: 'jabber:client', type: 'subscribed', to: jid.bare().toString() }));
  }

  #tell(change: PresenceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
