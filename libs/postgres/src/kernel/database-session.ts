import pg from 'pg';
import { type Unsubscribe } from './statement.js';
import { queryError } from '../sql-state.js';

const CONNECT_PATIENCE = 5_000;
const KEEPALIVE = 10_000;

/** One connection of one's own, for what lives and ends with a session: advisory locks. It never comes back. */
export interface DatabaseSession {
  /** @throws as `Kernel.query` does; `NST_POSTGRES_CONNECTION_LOST` from the loss of the session on */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Calls `listener` once when the session has ended, with it every lock; at once if it has. Not after `close`. */
  onLost(listener: () => void): Unsubscribe;
  /** Ends the session and gives its locks back. Idempotent. */
  close(): Promise<void>;
}

/**
 * A session of its own, outside any pool.
 * @throws NestanzaError `NST_POSTGRES_CONNECTION_LOST`, retryable, when the server does not answer
 */
export async function openSession(url: string): Promise<DatabaseSession> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'nestanza session',
    connectionTimeoutMillis: CONNECT_PATIENCE,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE,
    pipeline: true,
  });
  client.on('error', () => undefined); // every error ends the session, which shows as 'end'
  const listeners = new Set<() => void>();
  let over = false;
  client.once('end', () => {
    over = true;
    for (const listener of listeners) listener();
  });
  try {
    await client.connect();
  } catch (error) {
    throw queryError(error);
  }
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      try {
        return (await client.query(text, [...values])).rows as Row[];
      } catch (error) {
        throw queryError(error);
      }
    },
    onLost(listener) {
      const registered = () => listener();
      if (over) queueMicrotask(registered);
      else listeners.add(registered);
      return () => void listeners.delete(registered);
    },
    async close() {
      listeners.clear();
      if (!over) await client.end();
    },
  };
}
