import type { AccountDataStore } from './account-data.store.js';
import type { AccountStore } from './account.store.js';
import type { ArchiveStore } from './archive.store.js';
import type { OfflineStore } from './offline.store.js';
import type { PubSubStore } from './pubsub.store.js';
import type { RoomStore } from './room.store.js';
import type { RosterStore } from './roster.store.js';

/** All that a server keeps over restarts. Each part is one feature's port; a domain is part of the identity of everything in it. */
export interface ServerStore {
  accounts(domain: string): AccountStore;
  rosters(domain: string): RosterStore;
  offline(domain: string): OfflineStore;
  archive(domain: string): ArchiveStore;
  data(domain: string): AccountDataStore;
  /** @param service - domain of the PubSub service, e.g. `pubsub.localhost` */
  pubsub(service: string): PubSubStore;
  /** @param service - domain of the room service, e.g. `rooms.localhost` */
  rooms(service: string): RoomStore;
  close(): Promise<void>;
}
