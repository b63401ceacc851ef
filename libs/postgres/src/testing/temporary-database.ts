import { uniqueId } from '@nestanza/core';
import pg from 'pg';
import { type Database } from '../database.js';
import { isAlive } from '../embedded/postmaster-file.js';
import { administer } from './administer.js';
import { type DatabaseTemplate, templateDatabase } from './template-database.js';
import { openTestServer } from './test-server.js';

/** A database of its own, gone after `close`. */
export interface TemporaryDatabase extends AsyncDisposable {
  readonly url: string;
  /** Cuts whoever is still connected and drops the database. Idempotent. */
  close(): Promise<void>;
}

/**
 * A fresh database in the server of `openTestServer`: empty, or a copy of a template.
 * @example
 * await using database = await temporaryDatabase();
 */
export async function temporaryDatabase(template?: DatabaseTemplate): Promise<TemporaryDatabase> {
  const server = await openTestServer();
  const name = `test_${process.pid}_${uniqueId().replaceAll('-', '')}`;
  try {
    await administer(server.url, async (client) => {
      await dropAbandoned(client);
      const original = template === undefined ? 'template1' : await templateDatabase(client, server.url, template);
      await client.query(`create database ${name} template ${original}`);
    });
  } catch (error) {
    await server.close();
    throw error;
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;

  let closed: Promise<void> | undefined;
  const close = () => (closed ??= drop(server, name));
  return { url: url.href, close, [Symbol.asyncDispose]: close };
}

async function drop(server: Database, name: string): Promise<void> {
  try {
    await administer(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
  } finally {
    await server.close();
  }
}

/** Databases of test processes that were killed. */
async function dropAbandoned(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    String.raw`select datname as name from pg_database where datname like 'test\_%'`,
  );
  for (const { name } of rows) {
    if (!isAlive(Number(name.split('_')[1]))) await client.query(`drop database if exists ${name} with (force)`);
  }
}
