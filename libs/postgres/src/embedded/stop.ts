import { join } from 'node:path';
import { silentLog, type Log } from '@nestanza/core';
import { dataDirectory } from '../database-location.js';
import { serverUrl } from './address.js';
import { existingCluster } from './cluster.js';
import { Membership, type DatabaseMember } from './membership.js';
import { isAlive, readPostmaster } from './postmaster-file.js';
import { stopServer } from './stop-server.js';

export type { DatabaseMember };

/** What `stopEmbeddedDatabase` found and did. */
export type StopOutcome =
  | { readonly kind: 'stopped' }
  /** There was no server to stop. */
  | { readonly kind: 'absent' }
  /** Living processes use it, and would start it again. It runs on. */
  | { readonly kind: 'in-use'; readonly members: readonly DatabaseMember[] };

/**
 * Stops the embedded server of a data directory unless a process uses it: one that was left running because its last
 * processes were killed. Starts and makes nothing.
 * @param options.data - default `NESTANZA_DATA`, else `./.nestanza`
 * @throws NestanzaError `NST_POSTGRES_STOP` when the server does not end
 */
export async function stopEmbeddedDatabase({
  data,
  log = silentLog,
}: { data?: string; log?: Log } = {}): Promise<StopOutcome> {
  const cluster = await existingCluster(join(dataDirectory(data, process.env), 'postgres'));
  if (cluster === undefined) return { kind: 'absent' };
  const running = await readPostmaster(cluster.directory);
  if (running === undefined || !isAlive(running.pid)) return { kind: 'absent' };

  const membership = await Membership.join(serverUrl(cluster, running.port));
  const members = (await membership.members()).filter(({ pid }) => pid !== process.pid);
  const stopped = await membership.leave(() => stopServer(cluster));
  if (!stopped) return { kind: 'in-use', members };
  log.info('database server stopped', { directory: cluster.directory });
  return { kind: 'stopped' };
}
