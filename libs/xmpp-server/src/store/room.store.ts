import type { Affiliation } from '../engines/muc/privileges.js';
import type { RoomConfig } from '../engines/muc/room-config.js';

/** A persistent room as stored. */
export interface StoredRoom {
  /** Local part of its address. */
  readonly name: string;
  readonly config: RoomConfig;
  readonly subject: string;
  /** By bare JID; `none` is not stored. */
  readonly affiliations: ReadonlyMap<string, Affiliation>;
}

/** Persistent rooms of one service. Has one writer at a time; each method is one atomic, durable change when it resolves. */
export interface RoomStore {
  load(name: string): Promise<StoredRoom | undefined>;
  /** Stores the room as it is now. */
  save(room: StoredRoom): Promise<void>;
  remove(name: string): Promise<void>;
  count(): Promise<number>;
  /** Public rooms by name, from the first one after `after`. */
  listPublic(page: {
    readonly after?: string;
    readonly max: number;
  }): Promise<readonly { readonly name: string; readonly title: string }[]>;
  /** Ends every affiliation of an account. */
  forget(bare: string): Promise<void>;
}
