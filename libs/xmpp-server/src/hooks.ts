import type { Element, Jid } from '@nestanza/xmpp';
import type { Session } from './session.js';

export type Dispose = () => void;

/** A point where modules join in, in ascending `order`, then in the order they came. */
export class Hook<Event> {
  readonly #handlers: { readonly order: number; readonly handler: (event: Event) => unknown }[] = [];

  on(handler: (event: Event) => unknown, order = 0): Dispose {
    const entry = { order, handler };
    const at = this.#handlers.findIndex((other) => other.order > order);
    this.#handlers.splice(at < 0 ? this.#handlers.length : at, 0, entry);
    return () => {
      const index = this.#handlers.indexOf(entry);
      if (index >= 0) this.#handlers.splice(index, 1);
    };
  }

  /** Asks handlers in order until one answers `true`: it has taken the event over. */
  claim(event: Event): boolean {
    return this.#handlers.some(({ handler }) => handler(event) === true);
  }

  /** Runs every handler at once. */
  emit(event: Event): void {
    for (const { handler } of this.#handlers) handler(event);
  }

  /** Runs every handler, one after the other, each to its end. */
  async tell(event: Event): Promise<void> {
    for (const { handler } of [...this.#handlers]) await handler(event);
  }
}

/** A presence stanza on its way out of, or into, a local account. */
export interface AccountPresence {
  /** Local part. */
  readonly account: string;
  /** Who sent it, as stamped by the server. */
  readonly from: Jid;
  readonly to: Jid;
  readonly stanza: Element;
}

/** The server's typed points of extension. Leaving and arriving are separate: a stanza between two local accounts passes both. */
export class ServerHooks {
  /** An account is about to get a session; told to the end before it has one. */
  readonly binding = new Hook<{ readonly account: string }>();
  /** A session's element that is no stanza. Claiming it takes it; otherwise the stream ends. */
  readonly nonza = new Hook<{ readonly session: Session; readonly element: Element }>();
  /** A stanza from a local session, stamped with its full JID, before it is routed. Claiming it stops it. */
  readonly leaving = new Hook<{ readonly session: Session; readonly stanza: Element }>();
  /** A stanza for a local account, before the delivery rules. Claiming it stops it. */
  readonly arriving = new Hook<{ readonly account: string; readonly stanza: Element }>();
  /** A message for a local account, before it is given to anybody. Emitted; handlers may replace the stanza. */
  readonly incoming = new Hook<{ readonly account: string; stanza: Element }>();
  /** A message was given to these sessions of a local account. Emitted. */
  readonly delivered = new Hook<{
    readonly account: string;
    readonly stanza: Element;
    readonly takers: readonly Session[];
  }>();
  /** A message is about to wait for a local account. Told to the end; handlers may replace it, a thrown `StanzaError` refuses it. */
  readonly storing = new Hook<{ readonly account: string; stanza: Element }>();
  /** An account's presence is about to go to a contact. Claiming it leaves the contact out. */
  readonly sharing = new Hook<{ readonly account: string; readonly contact: string }>();
  /** A session's own presence (no `to`), and subscription stanzas it sends. Told to the end before its next stanza is read. */
  readonly presenceOut = new Hook<{
    readonly session: Session;
    readonly to: Jid | undefined;
    readonly stanza: Element;
  }>();
  /** Presence for a local account that the delivery table does not decide: subscription stanzas and probes. */
  readonly presenceIn = new Hook<AccountPresence>();
  /** A message for a local account that nobody can take now. */
  readonly messageOffline = new Hook<{ readonly account: string; readonly stanza: Element }>();
  /** A session sends its first presence; told to the end before anybody sees it. */
  readonly available = new Hook<{ readonly session: Session }>();
  /** A session has a priority of 0 or more for the first time; told to the end before it gets anything by priority. */
  readonly reachable = new Hook<{ readonly session: Session }>();
  readonly sessionEnded = new Hook<{ readonly session: Session }>();
}
