import type { Duplex } from 'node:stream';
import type { Clock, Log } from '@nestanza/core';
import type { Limits } from './limits.js';
import type { ServerStore } from './store/store.js';
import type { ServerIdentity } from './tls/identity.js';
import type { Authenticator } from './auth/authenticator.js';
import type { UserCommands } from './auth/users.js';

export interface ServerOptions {
  /** The served domain. Default `localhost`. */
  readonly domain?: string;
  /** TCP port; 0 takes a free one; without it the server listens nowhere and serves `connect()` only. */
  readonly port?: number;
  /** Address to listen at. Default `127.0.0.1`. */
  readonly host?: string;
  /** Key and certificate for STARTTLS; required with `port`. */
  readonly tls?: ServerIdentity;
  /** Where state is kept. Default: this process's memory. */
  readonly store?: ServerStore;
  /** Who may log in, beside the users of the store. Default: nobody. */
  readonly authenticator?: Authenticator;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface XmppServer extends AsyncDisposable {
  readonly domain: string;
  /** Where it listens; `undefined` for one that serves `connect()` only. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  readonly users: UserCommands;
  /** The client's end of a session inside this process: bytes as on a socket, taken as secure, so no STARTTLS. */
  connect(): Duplex;
  /** Ends every session with stream error `system-shutdown`, after what is queued was sent; then closes. Idempotent. */
  close(): Promise<void>;
}

/**
 * A running server: it listens (where a port is given) and answers when this resolves.
 * @throws NestanzaError `NST_SERVER_PORT` when the port cannot be had
 */
export function startServer(options: ServerOptions = {}): Promise<XmppServer> {
  throw new Error(String(options.domain));
}
