import { StanzaError, type Element, type Jid } from '@nestanza/xmpp';
import type { RoomStore } from '../../store/room.store.js';
import type { ServiceHost } from '../service-host.js';
import type { HistoryLimits } from './history.js';
import { DEFAULT_ROOM_CONFIG } from './room-config.js';
import { Room } from './room.js';

export interface RoomLimits {
  /** Rooms of the service, persistent or not. */
  readonly rooms: number;
  /** Empty persistent rooms kept in memory, with their history. */
  readonly idleRooms: number;
  readonly affiliations: number;
  readonly history: HistoryLimits;
  /** Stanzas waiting for their turn; beyond it `resource-constraint`. */
  readonly pending: number;
  /** Entries of one reply. */
  readonly page: number;
}

export const DEFAULT_ROOM_LIMITS: RoomLimits = {
  rooms: 10_000,
  idleRooms: 1_000,
  affiliations: 5_000,
  history: { messages: 50, bytes: 65_536 },
  pending: 10_000,
  page: 500,
};

/** One stanza for a room, or for somebody in it. */
export interface Visit {
  readonly stanza: Element;
  readonly from: Jid;
  readonly to: Jid;
}

/** What operations share: one room service at work. Operations on a room run one after the other. */
export class RoomService {
  readonly host: ServiceHost;
  readonly store: RoomStore;
  readonly limits: RoomLimits;
  /** By name, the one used last at the end. */
  readonly #rooms = new Map<string, Room>();

  constructor(parts: { host: ServiceHost; store: RoomStore; limits: RoomLimits }) {
    this.host = parts.host;
    this.store = parts.store;
    this.limits = parts.limits;
  }

  loaded(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  async find(name: string): Promise<Room | undefined> {
    const loaded = this.#rooms.get(name);
    if (loaded !== undefined) return this.#touch(loaded);
    const stored = await this.store.load(name);
    if (stored === undefined) return undefined;
    return this.#touch(new Room(stored, { address: this.#address(name), locked: false, history: this.limits.history }));
  }

  /** @throws StanzaError `item-not-found`, also for a room that is not configured yet (XEP-0045 §10.1.1) */
  async existing(name: string): Promise<Room> {
    const room = await this.find(name);
    if (room === undefined || room.locked) throw new StanzaError('item-not-found');
    return room;
  }

  /** A new, locked room of this owner. @throws StanzaError `not-allowed` · `resource-constraint` */
  async create(name: string, owner: Jid): Promise<Room> {
    if (!this.host.mayCreate(owner)) throw new StanzaError('not-allowed'); // §7.2.5
    const temporary = this.loaded().filter(({ config }) => !config.persistent).length;
    if ((await this.store.count()) + temporary >= this.limits.rooms) throw new StanzaError('resource-constraint');
    const affiliations = new Map([[owner.bare().toString(), 'owner' as const]]);
    const stored = { name, config: DEFAULT_ROOM_CONFIG, subject: '', affiliations };
    return this.#touch(new Room(stored, { address: this.#address(name), locked: true, history: this.limits.history }));
  }

  /** Makes what the store has of the room what it is now. */
  async keep(room: Room): Promise<void> {
    if (room.config.persistent) await this.store.save(room.stored);
  }

  /** Forgets a temporary room that everybody has left. */
  release(room: Room): void {
    if (room.size === 0 && (room.locked || !room.config.persistent)) this.#rooms.delete(room.name);
  }

  async destroy(room: Room): Promise<void> {
    await this.store.remove(room.name);
    this.#rooms.delete(room.name);
  }

  #address(name: string): string {
    return `${name}@${this.host.domain}`;
  }

  #forgetOldestIdle(but: Room): void {
    for (const room of this.#rooms.values()) {
      if (room === but || room.size > 0) continue;
      this.#rooms.delete(room.name);
      return;
    }
  }

  #touch(room: Room): Room {
    this.#rooms.delete(room.name);
    this.#rooms.set(room.name, room);
    if (this.#rooms.size > this.limits.idleRooms) this.#forgetOldestIdle(room);
    return room;
  }
}
