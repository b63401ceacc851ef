import { silentLog, type Log } from '@nestanza/core';
import { databaseLocation } from './database-location.js';
import { openExternal } from './external-database.js';
import { shareEmbedded } from './embedded/shared-databases.js';

/** A database this process may use until `close`. */
export interface Database extends AsyncDisposable {
  /**
   * Where to connect, password included: never log it. It stays the same while the database is open, unless a stranger
   * took the port of an embedded server that was down; then it names the new port.
   */
  readonly url: string;
  /** Whether the server is the embedded one, supervised by the processes that have it open. */
  readonly embedded: boolean;
  /**
   * Gives the database back. Whoever is the last process to do so stops an embedded server, and then nobody is connected
   * to it any more. Idempotent.
   */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** `embedded` or `postgres://…`; default `NESTANZA_DATABASE`, else `embedded`. */
  readonly url?: string;
  /** Directory of the embedded parts; default `NESTANZA_DATA`, else `./.nestanza`. Made when missing. */
  readonly data?: string;
  readonly log?: Log;
}

/**
 * A database that answers. Embedded: the server of the data directory runs, started by this process or by another, and
 * is started again whenever it dies until `close`. Otherwise the named server was reached once.
 *
 * Open handles keep no process alive: a process with nothing left to do gives them back and ends.
 * @throws NestanzaError `NST_POSTGRES_URL` for an address that is none; `NST_POSTGRES_UNREACHABLE` when the named server
 * does not answer; `NST_POSTGRES_PLATFORM`, `NST_POSTGRES_BINARIES`, `NST_POSTGRES_USER`, `NST_POSTGRES_DIRECTORY`,
 * `NST_POSTGRES_VERSION`, `NST_POSTGRES_INIT` or `NST_POSTGRES_START` when an embedded server cannot run here
 * @example
 * await using database = await openDatabase();
 * await migrate(database.url, [CreateOrders1764000000000]);
 */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<Database> {
  const location = databaseLocation(options, process.env);
  const log = options.log ?? silentLog;
  return location.kind === 'embedded' ? shareEmbedded({ data: location.data, log }) : openExternal(location.url);
}
