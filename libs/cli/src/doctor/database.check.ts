import { hasCode } from '@nestanza/core';
import { openDatabase } from '@nestanza/postgres';
import { openSession } from '@nestanza/postgres/internal';
import type { Check, Finding } from './finding.js';

/** Milliseconds between our clock and the database's that are worth a word. */
const SKEW = 1_000;

/** The database answers, and its clock is ours. */
export const databaseCheck: Check = {
  name: 'database',
  async look() {
    await using database = await openDatabase();
    const session = await openSession(database.url);
    try {
      const [facts] = await session.query<{ version: string; at: number }>(
        `select current_setting('server_version') as version, extract(epoch from clock_timestamp())::float8 * 1000 as at`,
      );
      const where = database.embedded ? 'embedded' : 'external';
      const found: Finding = { check: 'database', ok: true, says: `PostgreSQL ${facts?.version}, ${where}` };
      return [found, clockFinding((facts?.at ?? Date.now()) - Date.now())];
    } finally {
      await session.close();
    }
  },
  remedyFor(error) {
    if (hasCode(error, 'NST_POSTGRES_URL'))
      return 'NESTANZA_DATABASE=embedded, or postgres://user:secret@host:5432/name';
    if (hasCode(error, 'NST_POSTGRES_UNREACHABLE')) return 'start that server, or correct NESTANZA_DATABASE';
    return 'NESTANZA_DATABASE=postgres://user:secret@host:5432/name names a server of your own';
  },
};

/** @param ahead - milliseconds by which the database's clock is before ours */
export function clockFinding(ahead: number): Finding {
  const off = Math.round(Math.abs(ahead));
  if (off < SKEW) return { check: 'clock', ok: true, says: 'as the database has it' };
  return {
    check: 'clock',
    ok: false,
    says: `${off} ms ${ahead > 0 ? 'behind' : 'ahead of'} the database: delays and expiry times are off by that much`,
    remedy: 'timedatectl set-ntp true',
  };
}
