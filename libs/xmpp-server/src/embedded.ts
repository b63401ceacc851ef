import { once } from 'node:events';
import { join } from 'node:path';
import { hasCode, NestanzaError, pause, silentLog, type Log } from '@nestanza/core';
import { migrate, openDatabase, type Database } from '@nestanza/postgres';
import { openSession } from '@nestanza/postgres/internal';
import { Jid, type Unsubscribe } from '@nestanza/xmpp';
import { InstallationSecret } from './auth/installation-secret.js';
import { accountWith } from './auth/stored-accounts.js';
import { accountName } from './auth/users.js';
import { standForHosting } from './embedded/election.js';
import { isListening, readHostRecord, type HostRecord } from './embedded/host-record.js';
import { startHosting, type Hosting } from './embedded/hosting.js';
import { embeddedSettings, type EmbeddedSettings, type Environment } from './embedded/settings.js';
import type { AccountStore } from './store/account.store.js';
import { PostgresAccounts } from './store/postgres/accounts.postgres.js';
import { XmppServerCreate1764000000000 } from './store/postgres/server-1-create.migration.js';
import { fingerprintOf, readAuthority } from './tls/local-authority.js';

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
  /**
   * Log-in of a service account, derived from the data directory's secret; the account exists when this resolves.
   * @throws NestanzaError `NST_SERVER_USER_NAME` when it is no local part
   */
  credentials(account: string): Promise<{ readonly username: string; readonly password: string }>;
  /** Calls the listener at every change of `hosting`. */
  onHosting(listener: (hosting: boolean) => void): Unsubscribe;
  /** Leaves; hosting passes to another member. Idempotent. */
  close(): Promise<void>;
}

/** Some member must serve within this time, or joining fails. */
const JOIN_PATIENCE = 30_000;
const JOIN_PULSE = 50;
const FOLLOW_PULSE = 1_000;

/**
 * Joins the embedded server of a data directory: it is up, in this process or another, when this resolves. While the
 * membership lasts this process takes hosting over, within a second or two, whenever the present host dies.
 * @throws NestanzaError `NST_SERVER_PORT` when `NESTANZA_XMPP_PORT` is taken by a stranger · `NST_SERVER_CONFIG` for a wrong
 * environment · `NST_SERVER_JOIN` when no member serves in time
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
    await migrate(database.url, [XmppServerCreate1764000000000]);
    await withAccounts(database, settings.domain, async (accounts) => {
      for (const [name, password] of settings.accounts) {
        await accounts.put(await accountWith(accountName(settings.domain, name), password));
      }
    });
    membership = new Membership(options, { settings, directory, database, secret });
    await membership.ready();
    return membership;
  } catch (error) {
    await (membership ?? database).close();
    throw error;
  }
}

interface MembershipParts {
  readonly settings: EmbeddedSettings;
  readonly directory: string;
  /** Given back when the membership ends. */
  readonly database: Database;
  readonly secret: InstallationSecret;
}

class Membership implements EmbeddedXmpp {
  readonly domain: string;
  readonly #database: Database;
  readonly #directory: string;
  readonly #secret: InstallationSecret;
  readonly #listeners = new Set<(hosting: boolean) => void>();
  readonly #left = new AbortController();
  readonly #standing: Promise<void>;
  #following: Promise<void> | undefined;
  #starting = false;
  #hosting = false;
  #record: HostRecord | undefined;
  #ca = '';
  #fault: unknown;

  constructor({ role, log = silentLog }: JoinOptions, { settings, directory, database, secret }: MembershipParts) {
    this.domain = Jid.of({ domain: settings.domain }).domain;
    this.#database = database;
    this.#directory = directory;
    this.#secret = secret;
    const start = () => startHosting({ settings, directory, database: database.url, secret, log });
    this.#standing = standForHosting(
      {
        database: () => database.url,
        data: settings.data,
        preferred: role === 'preferred',
        log,
        host: (until) => this.#host(start, until),
      },
      this.#left.signal,
    );
  }

  get address() {
    const { host, port } = this.#record!;
    return { host, port };
  }

  get ca(): string {
    return this.#ca;
  }

  get fingerprint(): string {
    return fingerprintOf(this.#ca);
  }

  get hosting(): boolean {
    return this.#hosting;
  }

  /** Resolves once a member serves. */
  async ready(): Promise<void> {
    for (let waited = 0; waited < JOIN_PATIENCE; waited += JOIN_PULSE) {
      if (hasCode(this.#fault, 'NST_SERVER_PORT')) throw this.#fault;
      const record = await readHostRecord(this.#directory);
      const ca = await readAuthority(this.#directory);
      if (record !== undefined && ca !== undefined && !this.#starting && (await isListening(record))) {
        this.#record = record;
        this.#ca = ca;
        this.#following = this.#follow();
        return;
      }
      await pause(JOIN_PULSE);
    }
    throw new NestanzaError('NST_SERVER_JOIN', `No process serves the XMPP server of ${this.#directory}.`, {
      retryable: true,
      cause: this.#fault,
    });
  }

  async credentials(account: string): Promise<{ readonly username: string; readonly password: string }> {
    const username = accountName(this.domain, account);
    await withAccounts(this.#database, this.domain, (accounts) => accounts.add({ name: username, secrets: {} }));
    return { username, password: this.#secret.passwordOf(username) };
  }

  onHosting(listener: (hosting: boolean) => void): Unsubscribe {
    const registered = (hosting: boolean) => listener(hosting);
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  async close(): Promise<void> {
    this.#left.abort();
    await this.#standing;
    await this.#following;
    await this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Serves until told to stop, or until the server cannot start. */
  async #host(start: () => Promise<Hosting>, until: AbortSignal): Promise<void> {
    this.#starting = true;
    try {
      const hosting = await start();
      this.#change(true);
      this.#starting = false;
      if (!until.aborted) await once(until, 'abort');
      await hosting.close();
      this.#change(false);
    } catch (error) {
      this.#fault = error;
      throw error;
    } finally {
      this.#starting = false;
    }
  }

  /** Keeps to where the server is, should another host have had to take another port. */
  async #follow(): Promise<void> {
    const { signal } = this.#left;
    while (!signal.aborted) {
      this.#record = (await readHostRecord(this.#directory)) ?? this.#record;
      await pause(FOLLOW_PULSE, { signal });
    }
  }

  #change(hosting: boolean): void {
    this.#hosting = hosting;
    for (const listener of this.#listeners) listener(hosting);
  }
}

/** Runs `task` on the accounts of the domain over a database session of its own: a standby holds none for long. */
async function withAccounts(
  database: Database,
  domain: string,
  task: (accounts: AccountStore) => Promise<unknown>,
): Promise<void> {
  const session = await openSession(database.url);
  try {
    await task(new PostgresAccounts({ query: ({ text }, values) => session.query(text, values) }, domain));
  } finally {
    await session.close();
  }
}
