import { once } from 'node:events';
import { hasCode, NestanzaError, pause, silentLog, type Log } from '@nestanza/core';
import type { Database } from '@nestanza/postgres';
import { Jid, type Unsubscribe } from '@nestanza/xmpp';
import type { InstallationSecret } from '../auth/installation-secret.js';
import { accountName, reservedName, userCommands, type UserCommands } from '../auth/users.js';
import type { EmbeddedXmpp } from '../embedded.js';
import { fingerprintOf, readAuthority } from '../tls/local-authority.js';
import { withAccounts } from './accounts.js';
import { dismissAndWait } from './departures.js';
import { standForHosting } from './election.js';
import { isListening, readHostRecord, type HostRecord } from './host-record.js';
import { startHosting, type Hosting } from './hosting.js';
import type { EmbeddedSettings } from './settings.js';

/** Some member must serve within this time, or joining fails. */
const JOIN_PATIENCE = 30_000;
const JOIN_PULSE = 50;
const FOLLOW_PULSE = 1_000;

export interface MembershipParts {
  readonly role: 'preferred' | 'standby' | undefined;
  readonly log: Log | undefined;
  readonly settings: EmbeddedSettings;
  readonly directory: string;
  /** Given back when the membership ends. */
  readonly database: Database;
  readonly secret: InstallationSecret;
}

/** One process's part in the embedded server: standing by, hosting, and knowing where it is. */
export class Membership implements EmbeddedXmpp {
  readonly domain: string;
  readonly users: UserCommands;
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

  constructor({ role, log = silentLog, settings, directory, database, secret }: MembershipParts) {
    this.domain = Jid.of({ domain: settings.domain }).domain;
    this.#database = database;
    this.#directory = directory;
    this.#secret = secret;
    this.users = {
      create: (name, password) => this.#users((users) => users.create(name, password)),
      delete: (name) => this.#users((users) => users.delete(name)),
      list: () => this.#users((users) => users.list()),
    };
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
    await withAccounts(this.#database, this.domain, async (accounts) => {
      const added = await accounts.add({ name: username, secrets: {} });
      if (!added && (await accounts.isReserved(username))) throw reservedName(username);
    });
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

  #users<Result>(task: (users: UserCommands) => Promise<Result>): Promise<Result> {
    return withAccounts(this.#database, this.domain, (accounts) =>
      task(userCommands(this.domain, accounts, (name) => dismissAndWait(accounts, name))),
    );
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
