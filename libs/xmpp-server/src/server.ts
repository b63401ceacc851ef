import type { Duplex } from 'node:stream';
import { pause, silentLog, systemClock, type Clock, type Log } from '@nestanza/core';
import { Jid } from '@nestanza/xmpp';
import { duplexPair } from '@nestanza/xmpp/internal';
import { removeAccount } from './account-removal.js';
import { Acceptor } from './acceptor.js';
import { InstallationSecret } from './auth/installation-secret.js';
import { passwordAccounts } from './auth/password-accounts.js';
import { serverAuthenticator } from './auth/server-authenticator.js';
import { storedAccounts } from './auth/stored-accounts.js';
import { accountName, userCommands, type UserCommands } from './auth/users.js';
import { ComponentPort } from './components/component-port.js';
import { ServerHost, type Contacts } from './host.js';
import { limitsWith, type Limits } from './limits.js';
import { closePorts, openPorts, type OpenPorts, type ServerParts } from './ports.js';
import { archive } from './modules/archive.js';
import { bareJidService } from './modules/bare-jid-service.js';
import { blocking } from './modules/blocking.js';
import { carbons } from './modules/carbons.js';
import { clientState } from './modules/client-state.js';
import { disco } from './modules/disco.js';
import { entityTime } from './modules/entity-time.js';
import { lastActivity } from './modules/last-activity.js';
import { offline } from './modules/offline.js';
import { ping } from './modules/ping.js';
import { presence } from './modules/presence.js';
import { privateStorage } from './modules/private-storage.js';
import { roster } from './modules/roster.js';
import { streamLimits } from './modules/stream-limits.js';
import { subscriptions } from './modules/subscriptions.js';
import { vcard } from './modules/vcard.js';
import { version } from './modules/version.js';
import { attachServices } from './services.js';
import { memoryStore } from './store/memory/memory.store.js';
import type { ServerStore } from './store/store.js';
import type { ServerIdentity } from './tls/identity.js';

export interface ServerOptions {
  /** The served domain. Default `localhost`. */
  readonly domain?: string;
  /** TCP port; 0 takes a free one; without it the server listens nowhere and serves `connect()` only. */
  readonly port?: number;
  /** Address to listen at. Default `127.0.0.1`. */
  readonly host?: string;
  /** Key and certificate, for STARTTLS and TLS at once; required with `port` and `webSocketPort`. */
  readonly tls?: ServerIdentity;
  /** Where state is kept; stays open when the server closes. Default: this process's memory. */
  readonly store?: ServerStore;
  /** Passwords by account name, beside the users of the store. Without either nobody gets in. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Lets services in by the passwords derived from it. */
  readonly secret?: InstallationSecret;
  /** Secrets of external components by their domain (XEP-0114). Default: none. */
  readonly components?: Readonly<Record<string, string>>;
  /** TCP port for components, on loopback only: the protocol has no encryption. 0 takes a free one. Default: none. */
  readonly componentPort?: number;
  /** How to reach who runs the server (XEP-0157), as URIs. */
  /** HTTPS port for XMPP over WebSocket (RFC 7395) at `/xmpp-websocket`, and for host-meta. 0 takes a free one. Default: none. */
  readonly webSocketPort?: number;
  readonly contacts?: Contacts;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface XmppServer extends AsyncDisposable {
  readonly domain: string;
  /** Where it listens; `undefined` for one that serves `connect()` only. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Where components connect; `undefined` without `componentPort`. */
  readonly componentAddress: { readonly host: string; readonly port: number } | undefined;
  /** Where WebSocket clients connect; `undefined` without `webSocketPort`. */
  readonly webSocketAddress: { readonly host: string; readonly port: number } | undefined;
  readonly users: UserCommands;
  /** A component's end of a connection inside this process. */
  connectComponent(): Duplex;
  /** The client's end of a session inside this process: bytes as on a socket, taken as secure, so no STARTTLS. */
  connect(): Duplex;
  /** Ends every session with stream error `system-shutdown`, after what is queued was sent; work under way ends, within 5 s. Idempotent. */
  close(): Promise<void>;
}

/** Work under way has this long to end when the server closes. */
const CLOSE_PATIENCE = 5_000;

/**
 * A running server: it listens (where a port is given) and answers when this resolves.
 * @throws NestanzaError `NST_SERVER_PORT` when the port cannot be had · `NST_SERVER_TLS` for a port without a certificate ·
 * `NST_SERVER_USER_NAME` for a configured account that can be none · `NST_SERVER_COMPONENT` for such a component
 */
export async function startServer(options: ServerOptions = {}): Promise<XmppServer> {
  const { store = memoryStore(), clock = systemClock, log = silentLog } = options;
  const domain = Jid.of({ domain: options.domain ?? 'localhost' }).domain;
  const host = new ServerHost({
    domain,
    store,
    limits: limitsWith(options.limits),
    clock,
    log,
    contacts: options.contacts,
  });
  // What waits for an account is given in this order at its first presence: requests first, then messages.
  host.use(disco, ping, version, roster, subscriptions, offline, presence, bareJidService);
  // A message has its archive id before it is copied.
  host.use(archive, blocking, carbons, clientState, entityTime, lastActivity, privateStorage, streamLimits, vcard);
  const components = new ComponentPort(host, options.components ?? {});
  attachServices(host, store);
  const acceptor = new Acceptor({ host, authenticator: await authenticatorOf(options, host) });
  const ports = await openPorts(options, { host, acceptor, components });
  return new RunningServer({ host, acceptor, components, ports });
}

class RunningServer implements XmppServer {
  readonly users: UserCommands;
  readonly #host: ServerHost;
  readonly #acceptor: Acceptor;
  readonly #components: ComponentPort;
  readonly #ports: OpenPorts;
  #closing: Promise<void> | undefined;

  constructor({ host, acceptor, components, ports }: ServerParts & { readonly ports: OpenPorts }) {
    this.#host = host;
    this.#acceptor = acceptor;
    this.#components = components;
    this.#ports = ports;
    this.users = userCommands(host.domain, host.accounts, (name) => removeAccount(host, name));
  }

  get domain(): string {
    return this.#host.domain;
  }

  get address() {
    return this.#ports.clients?.address;
  }

  get componentAddress() {
    return this.#ports.components?.address;
  }

  get webSocketAddress() {
    return this.#ports.web?.address;
  }

  connectComponent(): Duplex {
    const [component, server] = duplexPair();
    void this.#components.accept(server);
    return component;
  }

  connect(): Duplex {
    const [client, server] = duplexPair();
    void this.#acceptor.accept(server, { tls: 'unneeded' });
    return client;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    closePorts(this.#ports);
    this.#components.close();
    await this.#acceptor.close();
    const idle = new AbortController();
    // A database that answers no more must not keep the port's next host waiting.
    await Promise.race([this.#idle().finally(() => idle.abort()), pause(CLOSE_PATIENCE, { signal: idle.signal })]);
  }

  async #idle(): Promise<void> {
    await this.#host.turns.idle();
    for (const engine of this.#host.router.services().values()) await engine.idle();
  }
}

/** Configured accounts come first, then users of the store, then services. They exist, so messages for them are kept from the start. */
async function authenticatorOf(
  { accounts = {}, secret = InstallationSecret.random() }: ServerOptions,
  host: ServerHost,
) {
  const passwords = new Map(
    Object.entries(accounts).map(([name, password]) => [accountName(host.domain, name), password]),
  );
  for (const name of passwords.keys()) await host.accounts.add({ name, secrets: {} });
  const salts = secret.keyFor('salts');
  return serverAuthenticator({
    secret: salts,
    isBarred: (name) => host.accounts.isReserved(name),
    sources: [
      passwordAccounts({ passwordOf: (name) => passwords.get(name), secret: salts }),
      storedAccounts(host.accounts),
      passwordAccounts({ passwordOf: (name) => secret.passwordOf(name), secret: salts }),
    ],
  });
}
