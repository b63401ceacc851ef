import type { Log } from '@nestanza/core';
import { openDatabase } from '@nestanza/postgres';
import { joinEmbedded, type EmbeddedXmpp } from '@nestanza/xmpp-server';

/** Runs `work` while this process hosts the XMPP server of the data directory, as long as it lives. */
export async function hosting<T>(log: Log, work: (server: EmbeddedXmpp) => Promise<T>): Promise<T> {
  await using database = await openDatabase({ log });
  await using server = await joinEmbedded({ database: database.url, role: 'preferred', log });
  return await work(server);
}
