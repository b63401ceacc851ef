import { type Log } from '@nestanza/core';
import { inTime, unavailable } from './availability.js';
import { closedError, Connection } from './connection.js';
import { type Statement } from './statement.js';

export interface ConnectionPoolOptions {
  readonly url: string;
  readonly log: Log;
}

/** Three connections whose commits are on disk, and one for statements that need not wait for the disk. */
const DURABLE = 3;

/**
 * Plans are made once and kept, by index: a plan chosen while a table was empty would read all of it a minute later.
 */
const SETTINGS = {
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  plan_cache_mode: 'force_generic_plan',
  statement_timeout: '30s',
} as const;

/** Milliseconds a query waits for a lost server to come back, and how many may wait. */
const PATIENCE = 10_000;
const MOST_WAITING = 10_000;

/** The kernel's connections. Queries go to the least busy one, are pipelined on it, and wait for a server that is away. */
export class ConnectionPool {
  readonly #durable: readonly Connection[];
  readonly #relaxed: readonly Connection[];
  #waiting = 0;
  #closed = false;

  constructor({ url, log }: ConnectionPoolOptions) {
    const connect = (settings: Readonly<Record<string, string>>) =>
      new Connection({ url, log, name: 'nestanza kernel', settings: { ...SETTINGS, ...settings } });
    this.#durable = Array.from({ length: DURABLE }, () => connect({}));
    this.#relaxed = [connect({ synchronous_commit: 'off' })];
  }

  /**
   * The rows of a statement.
   * @throws NestanzaError (rejection) `NST_POSTGRES_UNAVAILABLE`, retryable: the server was away for ten seconds, or ten
   * thousand queries wait for it already, and nothing was sent; `NST_POSTGRES_CONNECTION_LOST`, retryable: nobody knows
   * whether the statement took effect; `NST_POSTGRES_CLOSED` after `close`; otherwise PostgreSQL's own `DatabaseError`
   */
  async query<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    if (this.#closed) throw closedError();
    const connections = statement.durable === false ? this.#relaxed : this.#durable;
    const connection = leastBusy(connections) ?? (await this.#comeBack(connections));
    return connection.query<Row>(statement, values);
  }

  /** Resolves when every connection is up. */
  async ready(): Promise<void> {
    await Promise.all(this.#all().map((connection) => connection.up));
  }

  /** Rejects what is under way and connects anew. */
  reset(): void {
    for (const connection of this.#all()) connection.reset();
  }

  /** Answers what is under way, then ends for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all().map((connection) => connection.close()));
  }

  #all(): readonly Connection[] {
    return [...this.#durable, ...this.#relaxed];
  }

  async #comeBack(connections: readonly Connection[]): Promise<Connection> {
    if (this.#waiting >= MOST_WAITING) throw unavailable(`${MOST_WAITING} queries wait for it`);
    this.#waiting++;
    try {
      await inTime(Promise.race(connections.map((connection) => connection.up)), PATIENCE);
    } finally {
      this.#waiting--;
    }
    if (this.#closed) throw closedError();
    const connection = leastBusy(connections);
    if (connection === undefined) throw unavailable(`not for ${PATIENCE} ms`);
    return connection;
  }
}

function leastBusy(connections: readonly Connection[]): Connection | undefined {
  let best: Connection | undefined;
  for (const connection of connections) {
    if (connection.isUp && (best === undefined || connection.pending < best.pending)) best = connection;
  }
  return best;
}
