import type { ServerStore } from '../store.js';
import { MemoryAccountData } from './account-data.memory.js';
import { MemoryAccounts } from './accounts.memory.js';
import { MemoryArchive } from './archive.memory.js';
import { MemoryOffline } from './offline.memory.js';
import { MemoryPubSub } from './pubsub.memory.js';
import { MemoryRooms } from './rooms.memory.js';
import { MemoryRosters } from './roster.memory.js';

/** A store in this process's memory: everything is gone with it. For tests and single-process use. */
export function memoryStore(): ServerStore {
  const domain = perDomain(() => {
    const accounts = new MemoryAccounts();
    const rosters = new MemoryRosters();
    const offline = new MemoryOffline(accounts);
    const data = new MemoryAccountData(accounts);
    const archive = new MemoryArchive();
    accounts.onRemove((name) => {
      rosters.forget(name);
      offline.forget(name);
      data.forget(name);
      archive.forget(name);
    });
    return { accounts, rosters, offline, data, archive };
  });
  return {
    accounts: (name) => domain(name).accounts,
    rosters: (name) => domain(name).rosters,
    offline: (name) => domain(name).offline,
    archive: (name) => domain(name).archive,
    data: (name) => domain(name).data,
    pubsub: perDomain(() => new MemoryPubSub()),
    rooms: perDomain(() => new MemoryRooms()),
    close: () => Promise.resolve(),
  };
}

function perDomain<Part>(make: () => Part): (domain: string) => Part {
  const parts = new Map<string, Part>();
  return (domain) => {
    const part = parts.get(domain) ?? make();
    parts.set(domain, part);
    return part;
  };
}
