import { createHash } from 'node:crypto';
import type pg from 'pg';

/** What databases are copied from instead of being prepared one by one. */
export interface DatabaseTemplate {
  /** Tells templates apart: another one is another template. Put everything in it that `prepare` depends on. */
  readonly identity: string;
  /** Fills the empty database at this address. Its connections have ended when it resolves. */
  prepare(url: string): Promise<void>;
}

/** Session advisory lock of whoever makes templates. */
const LOCK = 7008;

/** Templates that are kept; of more, the oldest are dropped. */
const KEPT = 8;

/**
 * Name of the template's database in a server. It is made once, by whichever process comes first, and kept.
 * @param client - a session in another database of the server
 */
export async function templateDatabase(
  client: pg.Client,
  url: string,
  { identity, prepare }: DatabaseTemplate,
): Promise<string> {
  const name = `template_${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`;
  if (await isReady(client, name)) return name;
  await client.query('select pg_advisory_lock($1, 0)', [LOCK]);
  try {
    if (await isReady(client, name)) return name;
    await client.query(`drop database if exists ${name} with (force)`); // of a process that was killed at it
    await dropOldest(client);
    await client.query(`create database ${name}`);
    const place = new URL(url);
    place.pathname = `/${name}`;
    await prepare(place.href);
    // A session in it would keep others from copying it.
    await client.query(`alter database ${name} with is_template true allow_connections false`);
    return name;
  } finally {
    await client.query('select pg_advisory_unlock($1, 0)', [LOCK]);
  }
}

/** A template is marked as such last, so that a half-made one is never copied. */
async function isReady(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [name]);
  return rowCount === 1;
}

async function dropOldest(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    String.raw`select datname as name from pg_database where datname like 'template\_%' and datistemplate
      order by oid desc offset $1`,
    [KEPT - 1],
  );
  for (const { name } of rows) {
    await client.query(`alter database ${name} with is_template false`);
    await client.query(`drop database if exists ${name} with (force)`);
  }
}
