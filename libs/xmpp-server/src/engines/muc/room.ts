import type { Element, Jid } from '@nestanza/xmpp';
import type { StoredRoom } from '../../store/room.store.js';
import { History, type HistoryLimits } from './history.js';
import { initialRole, type Affiliation, type Role, type Standing } from './privileges.js';
import type { RoomConfig } from './room-config.js';

/** Somebody in a room, under one nickname, from one full JID. */
export interface Occupant {
  nick: string;
  readonly jid: Jid;
  role: Role;
  /** What the presence holds beside the room's own words. */
  shows: readonly Element[];
}

/** One room while it is in memory: what is stored of it, and who is in it. */
export class Room {
  readonly name: string;
  /** Its bare JID. */
  readonly address: string;
  config: RoomConfig;
  subject: string;
  /** Nickname of who set the subject, where that is known. */
  subjectBy: string | undefined;
  /** Nobody but its creator sees it before it is configured (XEP-0045 §10.1). */
  locked: boolean;
  readonly history: History;
  readonly #affiliations: Map<string, Affiliation>;
  readonly #byNick = new Map<string, Occupant>();
  readonly #byJid = new Map<string, Occupant>();

  constructor(
    stored: StoredRoom,
    parts: { readonly address: string; readonly locked: boolean; readonly history: HistoryLimits },
  ) {
    this.name = stored.name;
    this.config = stored.config;
    this.subject = stored.subject;
    this.address = parts.address;
    this.locked = parts.locked;
    this.history = new History(parts.history);
    this.#affiliations = new Map(stored.affiliations);
  }

  get stored(): StoredRoom {
    return { name: this.name, config: this.config, subject: this.subject, affiliations: this.#affiliations };
  }

  get affiliations(): ReadonlyMap<string, Affiliation> {
    return this.#affiliations;
  }

  affiliationOf(jid: Jid): Affiliation {
    return this.#affiliations.get(jid.bare().toString()) ?? 'none';
  }

  affiliate(bare: string, affiliation: Affiliation): void {
    if (affiliation === 'none') this.#affiliations.delete(bare);
    else this.#affiliations.set(bare, affiliation);
  }

  /** In the order of their coming. */
  get occupants(): readonly Occupant[] {
    return [...this.#byJid.values()];
  }

  get size(): number {
    return this.#byJid.size;
  }

  /** By full JID. */
  occupant(jid: Jid): Occupant | undefined {
    return this.#byJid.get(jid.toString());
  }

  nicknamed(nick: string): Occupant | undefined {
    return this.#byNick.get(nick);
  }

  /** Every session of an account. */
  sessionsOf(bare: string): readonly Occupant[] {
    return this.occupants.filter(({ jid }) => jid.bare().toString() === bare);
  }

  enter(jid: Jid, nick: string, shows: readonly Element[]): Occupant {
    const occupant = { nick, jid, role: initialRole(this.config, this.affiliationOf(jid)), shows };
    this.#byJid.set(jid.toString(), occupant);
    this.#byNick.set(nick, occupant);
    return occupant;
  }

  rename(occupant: Occupant, nick: string): void {
    this.#byNick.delete(occupant.nick);
    occupant.nick = nick;
    this.#byNick.set(nick, occupant);
  }

  leave(occupant: Occupant): void {
    this.#byJid.delete(occupant.jid.toString());
    this.#byNick.delete(occupant.nick);
  }

  standing(jid: Jid): Standing {
    return { affiliation: this.affiliationOf(jid), role: this.occupant(jid)?.role ?? 'none' };
  }
}
