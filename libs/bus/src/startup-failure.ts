import { errorText, NestanzaError } from '@nestanza/core';
import { StartupError } from './startup-error.js';

/** What to type about the failures that people meet first, by their code. */
const REMEDIES: Readonly<Record<string, string>> = {
  NST_BUS_TARGET: 'correct NESTANZA_XMPP, or the option `xmpp`',
  NST_XMPP_AUTH: 'correct account and password in NESTANZA_XMPP',
  NST_XMPP_CERTIFICATE:
    'name the file of the authority that signed it: NESTANZA_XMPP_CA=<file>, or NESTANZA_XMPP=xmpp://…?ca=<file>',
  NST_XMPP_TLS: 'let the server offer STARTTLS',
  NST_XMPP_MECHANISM: 'enable SCRAM-SHA-256 at the server',
  NST_SERVER_PORT: 'set NESTANZA_XMPP_PORT to a free port, or leave it unset to take any',
  NST_SERVER_CONFIG: 'write what stands there for each variable',
  NST_SERVER_JOIN: 'start "npx nestanza serve" with the same NESTANZA_DATA, and read what it says',
  NST_POSTGRES_PLATFORM: 'set NESTANZA_DATABASE=postgres://<user>:<password>@<host>/<database>',
  NST_POSTGRES_BINARIES: 'set NESTANZA_DATABASE=postgres://<user>:<password>@<host>/<database>',
  NST_POSTGRES_UNREACHABLE: 'start that server, or correct NESTANZA_DATABASE',
  NST_POSTGRES_DIRECTORY: 'set NESTANZA_DATA to a directory of your own',
  NST_POSTGRES_USER: 'start as an ordinary user, or set NESTANZA_DATABASE',
};

/**
 * A failure of the start as one readable block with what to type about it; anything that is no error of ours stays what
 * it is.
 * @param context.otherwise - what to type where the code alone does not tell
 */
export function startupFailure(
  error: unknown,
  { doing, otherwise }: { readonly doing: string; readonly otherwise?: string },
): unknown {
  if (error instanceof StartupError) return error;
  if (!(error instanceof NestanzaError) && otherwise === undefined) return error;
  const code = error instanceof NestanzaError ? error.code : '';
  const remedy = REMEDIES[code] ?? otherwise ?? `look ${code} up in docs/errors.md`;
  return new StartupError([{ place: 'BusModule.forRoot', problem: `${doing}: ${errorText(error)}`, remedy }]);
}
