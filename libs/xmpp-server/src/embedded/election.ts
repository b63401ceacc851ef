import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { errorText, pause, type Log } from '@nestanza/core';
import { openSession, type DatabaseSession } from '@nestanza/postgres/internal';

/** First halves of the advisory lock keys; the second half is of the host and data directory. */
const HOSTING = 7_010;
const PREFERRED = 7_011;

/** How often a standby tries, and the host shows that its database session lives. */
const PULSE = 300;
/** A session that answers nothing for so long counts as lost, and hosting with it. */
const PATIENCE = 3_000;

const TRY = 'select pg_try_advisory_lock($1::int, $2::int) as held';
const WISH = 'select pg_advisory_lock_shared($1::int, $2::int)';
const WISHED = `select exists (select 1 from pg_locks where locktype = 'advisory' and granted and classid = $1::oid
  and objid = $2::oid and objsubid = 2 and database = (select oid from pg_database where datname = current_database())) as wished`;

export interface ElectionOptions {
  /** URL of the database whose session locks decide, asked for each new session. */
  readonly database: () => string;
  /** Absolute path of the data directory. */
  readonly data: string;
  /** A preferred candidate is made way for by a host that is not. */
  readonly preferred: boolean;
  readonly log: Log;
  /** Serves until `until` aborts; the lock is held all the while. A rejection gives it up. */
  readonly host: (until: AbortSignal) => Promise<void>;
}

/**
 * Stands for hosting until `signal` aborts: at any time one candidate of a host and data directory holds the database's
 * session lock and serves. Its death, or the loss of its session, frees the lock at once.
 */
export async function standForHosting(options: ElectionOptions, signal: AbortSignal): Promise<void> {
  const place = placeOf(options.data);
  while (!signal.aborted) {
    try {
      await candidacy(options, place, signal);
    } catch (error) {
      options.log.warn('hosting of the XMPP server was given up', { error: errorText(error) });
    }
    await pause(PULSE, { signal });
  }
}

/** One database session's worth of standing by and hosting. */
async function candidacy(options: ElectionOptions, place: number, signal: AbortSignal): Promise<void> {
  const session = await openSession(options.database());
  const over = new AbortController();
  const unsubscribe = session.onLost(() => over.abort());
  const stop = () => over.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    if (options.preferred) await ask(session, WISH, [PREFERRED, place]);
    if (!(await standBy(options, { session, place, signal: over.signal }))) return;
    const pulse = keepPulse(options, { session, place, over });
    try {
      await options.host(over.signal);
    } finally {
      over.abort();
      await pulse;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unsubscribe();
    await session.close();
  }
}

interface Standing {
  readonly session: DatabaseSession;
  readonly place: number;
}

/** @returns true once the lock is held, false when the candidacy is over before */
async function standBy(
  options: ElectionOptions,
  { session, place, signal }: Standing & { signal: AbortSignal },
): Promise<boolean> {
  while (!signal.aborted) {
    const yields = !options.preferred && (await isWished(session, place));
    if (!yields && (await ask<{ held: boolean }>(session, TRY, [HOSTING, place]))[0]!.held) return true;
    await pause(PULSE, { signal });
  }
  return false;
}

/** Ends hosting when the session answers no more, or when a preferred candidate waits. */
async function keepPulse(
  options: ElectionOptions,
  { session, place, over }: Standing & { over: AbortController },
): Promise<void> {
  while (!over.signal.aborted) {
    await pause(PULSE, { signal: over.signal });
    if (over.signal.aborted) return;
    try {
      if ((await isWished(session, place)) && !options.preferred) return over.abort();
    } catch (error) {
      options.log.warn('the hosting session is lost', { error: errorText(error) });
      return over.abort();
    }
  }
}

async function isWished(session: DatabaseSession, place: number): Promise<boolean> {
  return (await ask<{ wished: boolean }>(session, WISHED, [PREFERRED, place]))[0]!.wished;
}

/** The rows, within the session's patience. */
async function ask<Row>(session: DatabaseSession, text: string, values: readonly unknown[]): Promise<Row[]> {
  const answered = new AbortController();
  const silence = pause(PATIENCE, { signal: answered.signal }).then(() => undefined);
  try {
    const rows = await Promise.race([session.query<Row>(text, values), silence]);
    if (rows === undefined) throw new Error(`no answer within ${PATIENCE} ms`);
    return rows;
  } finally {
    answered.abort();
  }
}

/** A positive 31-bit number of this machine and directory: other machines on the same database elect for themselves. */
function placeOf(data: string): number {
  return createHash('sha256').update(`${hostname()}\n${data}`).digest().readUInt32BE(0) % 0x7fff_ffff;
}
