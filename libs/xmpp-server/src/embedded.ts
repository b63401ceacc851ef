import type { Log } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';

export interface JoinOptions {
  /** Directory of the embedded parts. Default `NESTANZA_DATA`, else `./.nestanza`. */
  readonly data?: string;
  /** URL of the database that holds the lock and the state. */
  readonly database: string;
  /** `preferred` asks the present host to hand over; `standby` (default) takes over only from a dead one. */
  readonly role?: 'preferred' | 'standby';
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly log?: Log;
}

/** Membership in the data directory's one XMPP server: some member process hosts it, whoever that is. */
export interface EmbeddedXmpp extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  readonly domain: string;
  /** Certificate of the local CA, PEM: trust it for this server only. */
  readonly ca: string;
  /** SHA-256 fingerprint of the CA certificate, colon-separated upper-case hex. */
  readonly fingerprint: string;
  /** True while this process serves. */
  readonly hosting: boolean;
  /** Log-in of a service account, derived from the data directory's secret; the account exists when this resolves. */
  credentials(account: string): Promise<{ readonly username: string; readonly password: string }>;
  /** Calls the listener at every change of `hosting`. */
  onHosting(listener: (hosting: boolean) => void): Unsubscribe;
  /** Leaves; hosting passes to another member. Idempotent. */
  close(): Promise<void>;
}

/**
 * Joins the embedded server of a data directory: it is up, in this process or another, when this resolves.
 * @throws NestanzaError `NST_SERVER_PORT` when `NESTANZA_XMPP_PORT` is taken by a stranger
 */
export function joinEmbedded(options: JoinOptions): Promise<EmbeddedXmpp> {
  throw new Error(options.database);
}
