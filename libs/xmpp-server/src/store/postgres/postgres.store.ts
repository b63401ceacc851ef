import { type Log } from '@nestanza/core';
import { migrate } from '@nestanza/postgres';
import { Kernel } from '@nestanza/postgres/internal';
import type { ServerStore } from '../store.js';
import { PostgresAccountData } from './account-data.postgres.js';
import { PostgresAccounts } from './accounts.postgres.js';
import { XMPP_SERVER_MIGRATIONS } from './migrations.js';
import { PostgresArchive } from './archive.postgres.js';
import { PostgresOffline } from './offline.postgres.js';
import { PostgresPubSub } from './pubsub.postgres.js';
import { PostgresRooms } from './rooms.postgres.js';
import { PostgresRosters } from './roster.postgres.js';

/** A store in schema `nestanza` of a PostgreSQL database, migrated when this resolves. */
export async function postgresStore({ url, log }: { readonly url: string; readonly log: Log }): Promise<ServerStore> {
  await migrate(url, XMPP_SERVER_MIGRATIONS);
  const kernel = await Kernel.open({ url, log });
  return {
    accounts: (domain) => new PostgresAccounts(kernel, domain),
    rosters: (domain) => new PostgresRosters(kernel, domain),
    offline: (domain) => new PostgresOffline(kernel, domain),
    archive: (domain) => new PostgresArchive(kernel, domain),
    data: (domain) => new PostgresAccountData(kernel, domain),
    pubsub: (service) => new PostgresPubSub(kernel, service),
    rooms: (service) => new PostgresRooms(kernel, service),
    close: () => kernel.close(),
  };
}
