import pg from 'pg';
import { errorText, NestanzaError } from '@nestanza/core';
import type { Database } from './database.js';

const PATIENCE = 10_000;

/**
 * The database of a server that somebody else runs, after one connection to it succeeded.
 * @throws NestanzaError `NST_POSTGRES_UNREACHABLE` (retryable) naming host and port
 */
export async function openExternal(url: string): Promise<Database> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  client.on('error', () => undefined); // the connection is only a question: its loss is answered by the awaits below
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    throw new NestanzaError(
      'NST_POSTGRES_UNREACHABLE',
      `The database "${client.database}" at ${client.host}:${client.port} does not answer: ${errorText(error)}`,
      { retryable: true, cause: error, facts: { host: client.host, port: client.port } },
    );
  }
  const close = () => Promise.resolve();
  return { url, embedded: false, close, [Symbol.asyncDispose]: close };
}
