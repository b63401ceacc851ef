import { type Element, Jid } from '@nestanza/xmpp';
import type { PresenceChange } from '../decorators/on-presence.decorator.js';

/** One instance that is there: a resource of an account. */
export interface Instance {
  readonly jid: string;
  readonly priority: number;
}

type Show = PresenceChange['show'];

const SHOWS: ReadonlySet<string> = new Set(['away', 'chat', 'dnd', 'xa']);

/** How many instances are kept; beyond that new ones are not remembered. */
const MOST_INSTANCES = 10_000;

/** Who is there, as presence stanzas tell it (RFC 6121 §4). */
export class PresenceDirectory {
  /** Bare JID → full JID → instance. */
  readonly #accounts = new Map<string, Map<string, Instance>>();
  readonly #domain: () => string;
  #count = 0;

  /** @param domain - own domain, whose accounts are called by their name alone */
  constructor(domain: () => string) {
    this.#domain = domain;
  }

  /** Takes an available or unavailable presence in; `undefined` where it changes nothing or is neither. */
  apply(stanza: Element): PresenceChange | undefined {
    const type = stanza.attr('type');
    const from = stanza.attr('from');
    if (from === undefined || (type !== undefined && type !== 'unavailable')) return undefined;
    const jid = Jid.parse(from);
    if (type === 'unavailable') return this.#remove(jid, stanza.childText('status'));
    const bare = jid.bare().toString();
    const instances = this.#accounts.get(bare) ?? new Map<string, Instance>();
    if (!instances.has(from)) {
      if (this.#count >= MOST_INSTANCES) return undefined;
      this.#count += 1;
    }
    const priority = priorityOf(stanza);
    instances.set(from, { jid: from, priority });
    this.#accounts.set(bare, instances);
    const show = stanza.childText('show');
    return this.#change(jid, {
      available: true,
      priority,
      show: show !== undefined && SHOWS.has(show) ? (show as Show) : undefined,
      status: stanza.childText('status'),
    });
  }

  /** Forgets everybody; one change for each who was there. */
  clear(): readonly PresenceChange[] {
    const all = [...this.#accounts.values()].flatMap((instances) => [...instances.keys()]);
    return all.flatMap((jid) => this.#remove(Jid.parse(jid), undefined) ?? []);
  }

  /** Instances of an account that take calls, best first: never one of negative priority (DESIGN: priority says who takes work). */
  serving(bare: string): readonly Instance[] {
    return [...(this.#accounts.get(bare)?.values() ?? [])]
      .filter(({ priority }) => priority >= 0)
      .sort((a, b) => b.priority - a.priority);
  }

  #remove(jid: Jid, status: string | undefined): PresenceChange | undefined {
    const bare = jid.bare().toString();
    const instances = this.#accounts.get(bare);
    if (instances?.delete(jid.toString()) !== true) return undefined;
    this.#count -= 1;
    if (instances.size === 0) this.#accounts.delete(bare);
    return this.#change(jid, { available: false, priority: 0, show: undefined, status });
  }

  #change(jid: Jid, state: Pick<PresenceChange, 'available' | 'priority' | 'show' | 'status'>): PresenceChange {
    const bare = jid.bare().toString();
    return {
      jid: jid.toString(),
      service: jid.domain === this.#domain() && jid.local !== '' ? jid.local : bare,
      ...state,
      instances: this.#accounts.get(bare)?.size ?? 0,
    };
  }
}

/** RFC 6121 §4.7.2.3: an integer from -128 to 127; anything else counts as 0. */
function priorityOf(stanza: Element): number {
  const priority = Number(stanza.childText('priority') ?? 0);
  return Number.isInteger(priority) && priority >= -128 && priority <= 127 ? priority : 0;
}
