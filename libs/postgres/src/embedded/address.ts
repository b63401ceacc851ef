import { type Cluster } from './cluster.js';
import { DATABASE, ROLE } from './initialise.js';

/** The server listens here only. */
export const HOST = '127.0.0.1';

/** Where a client connects to the server of a cluster, password included. */
export function serverUrl(cluster: Cluster, port: number, database: string = DATABASE): string {
  return `postgres://${ROLE}:${cluster.password}@${HOST}:${port}/${database}`;
}
