import { errorText, NestanzaError, pause, type Log } from '@nestanza/core';
import pg from 'pg';
import { queryError } from '../sql-state.js';
import { type Statement } from './statement.js';

export interface ConnectionOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** Settings of every session, beside the search path. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Prepares a new session; the connection is up once it resolves. A rejection counts as a failed attempt. */
  readonly onConnect?: (client: pg.Client) => Promise<void>;
  /** The session ended; queries under way have been or are being rejected. */
  readonly onDisconnect?: () => void;
}

const CONNECT_PATIENCE = 5_000;
const CLOSE_PATIENCE = 5_000;
/** Milliseconds between attempts to connect, doubled each time. */
const BACKOFF = { first: 50, most: 2_000 };

/**
 * One pipelined connection that comes back by itself. Queries are answered in the order they were sent; a session's end
 * rejects those under way.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #maintenance: Promise<void>;
  #client: pg.Client | undefined;
  #connected = deferred();
  #pending = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#maintenance = this.#maintain();
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Queries sent and not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves while or once the connection is up. Pending for good after `close`. */
  get up(): Promise<void> {
    return this.#connected.promise;
  }

  /**
   * The rows of a statement.
   * @throws NestanzaError (rejection) `NST_POSTGRES_CONNECTION_LOST`, retryable, when the session is or goes down;
   * otherwise PostgreSQL's own `DatabaseError`
   */
  async query<Row>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    const client = this.#client;
    if (client === undefined) throw queryError(new Error('not connected'));
    this.#pending++;
    try {
      return (await client.query({ name, text, values: [...values] })).rows as Row[];
    } catch (error) {
      throw queryError(error);
    } finally {
      this.#pending--;
    }
  }

  /** Ends the session and begins another. Queries under way are rejected; those of a closed connection stay so. */
  reset(): void {
    this.#client?.connection.stream.destroy();
  }

  /** Answers what is under way, for five seconds at most, then ends for good. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    const impatience = setTimeout(() => this.reset(), CLOSE_PATIENCE);
    await this.#client?.end();
    await this.#maintenance;
    clearTimeout(impatience);
  }

  async #maintain(): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = BACKOFF.first; !signal.aborted; wait = Math.min(2 * wait, BACKOFF.most)) {
      const client = this.#newClient();
      const ended = new Promise((resolve) => client.once('end', resolve));
      try {
        await client.connect();
        await this.#options.onConnect?.(client);
      } catch (error) {
        client.connection.stream.destroy();
        this.#options.log.warn('no connection to the database', {
          connection: this.#options.name,
          error: errorText(error),
        });
        await pause(wait, { signal });
        continue;
      }
      wait = BACKOFF.first;
      this.#client = client;
      this.#connected.resolve();
      if (signal.aborted) await client.end();
      await ended;
      this.#client = undefined;
      this.#connected = deferred();
      this.#options.onDisconnect?.();
    }
  }

  #newClient(): pg.Client & { readonly connection: { readonly stream: { destroy(): void } } } {
    const settings = { search_path: 'nestanza', ...this.#options.settings };
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: this.#options.name,
      connectionTimeoutMillis: CONNECT_PATIENCE,
      keepAlive: true,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      pipeline: true,
    });
    client.on('error', () => undefined); // every error ends the session, which shows as 'end'
    return client;
  }
}

/** What a caller of a closed kernel gets. */
export function closedError(): NestanzaError {
  return new NestanzaError('NST_POSTGRES_CLOSED', 'The database connection of this process is closed.');
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
