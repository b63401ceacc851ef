import pg from 'pg';
import { queryError } from '../sql-state.js';
import { type Unsubscribe } from './statement.js';

/**
 * One database session of its own, for what lives and dies with it: session advisory locks. It never reconnects; open a
 * new one instead.
 */
export interface DatabaseSession {
  /** @throws NestanzaError (rejection) `NST_POSTGRES_CONNECTION_LOST` when the session is gone, else PostgreSQL's own error */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Calls the listener once when the session ends for any reason; at once when it already has. */
  onLost(listener: () => void): Unsubscribe;
  /** Ends the session, and with it its locks. Idempotent. */
  close(): Promise<void>;
}

const CONNECT_PATIENCE = 5_000;

/** @throws NestanzaError (rejection) `NST_POSTGRES_CONNECTION_LOST` when the server cannot be reached within 5 s */
export async function openSession(url: string): Promise<DatabaseSession> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'nestanza session',
    connectionTimeoutMillis: CONNECT_PATIENCE,
    keepAlive: true,
  });
  client.on('error', () => undefined); // every error ends the session, which shows as 'end'
  let over = false;
  client.once('end', () => (over = true));
  await client.connect().catch((error: unknown) => {
    throw queryError(error);
  });
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows } = await client.query({ text, values: [...values] }).catch((error: unknown) => {
        throw queryError(error);
      });
      return rows as Row[];
    },
    onLost(listener) {
      if (over) listener();
      else client.once('end', listener);
      return () => client.off('end', listener);
    },
    close: () => client.end(),
  };
}
