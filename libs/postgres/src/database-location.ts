import { resolve } from 'node:path';
import { NestanzaError } from '@nestanza/core';

/** Which database is meant: the embedded server of a data directory, or a server somewhere else. */
export type DatabaseLocation =
  { readonly kind: 'embedded'; readonly data: string } | { readonly kind: 'external'; readonly url: string };

const DEFAULT_DATA = '.nestanza';

type Environment = Readonly<Record<string, string | undefined>>;

/** Absolute path of the directory of the embedded parts: the given one, else `NESTANZA_DATA`, else `./.nestanza`. */
export function dataDirectory(given: string | undefined, environment: Environment): string {
  // An empty variable counts as unset: that is what `FOO= npm start` and empty lines of .env files mean.
  return resolve(given ?? (environment['NESTANZA_DATA'] || DEFAULT_DATA));
}

/**
 * The database that options name, else the environment, else the embedded one in `./.nestanza`.
 * @throws NestanzaError `NST_POSTGRES_URL` for an address that is neither `embedded` nor a postgres URL
 */
export function databaseLocation(
  options: { readonly url?: string; readonly data?: string },
  environment: Environment,
): DatabaseLocation {
  const url = options.url ?? (environment['NESTANZA_DATABASE'] || 'embedded');
  if (url === 'embedded') return { kind: 'embedded', data: dataDirectory(options.data, environment) };
  if (!/^postgres(ql)?:\/\/./.test(url) || !URL.canParse(url)) {
    // The text may hold a password, so it is not repeated.
    throw new NestanzaError(
      'NST_POSTGRES_URL',
      'The database address is not usable: NESTANZA_DATABASE is "embedded" or "postgres://user:password@host:5432/database".',
    );
  }
  return { kind: 'external', url };
}
