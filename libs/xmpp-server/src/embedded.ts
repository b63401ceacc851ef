import { join } from 'node:path';
import { migrate, openDatabase } from '@nestanza/postgres';
import type { Log } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';
import { InstallationSecret } from './auth/installation-secret.js';
import { accountWith } from './auth/stored-accounts.js';
import { accountName, reservedName, type UserCommands } from './auth/users.js';
import { withAccounts } from './embedded/accounts.js';
import { Membership } from './embedded/membership.js';
import { embeddedSettings, type Environment } from './embedded/settings.js';
import { XMPP_SERVER_MIGRATIONS } from './store/postgres/migrations.js';

export interface JoinOptions {
  /** Directory of the embedded parts. Default `NESTANZA_DATA`, else `./.nestanza`. */
  readonly data?: string;
  /** URL of the database that holds the lock and the state. Default: `NESTANZA_DATABASE`, else the data directory's own. */
  readonly database?: string;
  /** A `preferred` member hosts whenever it is there: the present host makes way for it. Default `standby`. */
  readonly role?: 'preferred' | 'standby';
  /** Where `NESTANZA_DATA`, `NESTANZA_DATABASE` and `NESTANZA_XMPP_…` are read. Default `process.env`. */
  readonly environment?: Environment;
  readonly log?: Log;
}

/** Membership in the data directory's one XMPP server: some member process hosts it, whoever that is. */
export interface EmbeddedXmpp extends AsyncDisposable {
  /** Where it is now; it keeps its port when another member takes over, unless a stranger took that. */
  readonly address: { readonly host: string; readonly port: number };
  readonly domain: string;
  /** Certificate of the local CA, PEM: trust it for this server only. */
  readonly ca: string;
  /** SHA-256 fingerprint of the CA certificate, colon-separated upper-case hex. */
  readonly fingerprint: string;
  /** True while this process serves. */
  readonly hosting: boolean;
  /** Accounts of people, managed from whichever member process this is. */
  readonly users: UserCommands;
  /**
   * Log-in of a service account, derived from the data directory's secret; the account exists when this resolves.
   * @throws NestanzaError `NST_SERVER_USER_NAME` when it is no local part · `NST_SERVER_USER_RESERVED`
   */
  credentials(account: string): Promise<{ readonly username: string; readonly password: string }>;
  /** Calls the listener at every change of `hosting`. */
  onHosting(listener: (hosting: boolean) => void): Unsubscribe;
  /** Leaves; hosting passes to another member. Idempotent. */
  close(): Promise<void>;
}

/**
 * Joins the embedded server of a data directory: it is up, in this process or another, when this resolves. While the
 * membership lasts this process takes hosting over, within a second or two, whenever the present host dies.
 * @throws NestanzaError `NST_SERVER_PORT` when `NESTANZA_XMPP_PORT` is taken by a stranger · `NST_SERVER_CONFIG` for a wrong
 * environment · `NST_SERVER_USER_RESERVED` for a configured account that was deleted · `NST_SERVER_JOIN` when no member
 * serves in time
 */
export async function joinEmbedded(options: JoinOptions = {}): Promise<EmbeddedXmpp> {
  const environment = options.environment ?? process.env;
  const settings = embeddedSettings(options.data, environment);
  const directory = join(settings.data, 'xmpp');
  const database = await openDatabase({
    data: settings.data,
    url: options.database ?? environment.NESTANZA_DATABASE,
    log: options.log,
  });
  let membership: Membership | undefined;
  try {
    const secret = await InstallationSecret.of(directory);
    await migrate(database.url, XMPP_SERVER_MIGRATIONS);
    await withAccounts(database, settings.domain, async (accounts) => {
      for (const [name, password] of settings.accounts) {
        const account = await accountWith(accountName(settings.domain, name), password);
        if (!(await accounts.put(account))) throw reservedName(account.name);
      }
    });
    membership = new Membership({ role: options.role, log: options.log, settings, directory, database, secret });
    await membership.ready();
    return membership;
  } catch (error) {
    await (membership ?? database).close();
    throw error;
  }
}
