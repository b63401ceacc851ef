import type { Duplex } from 'node:stream';
import { type Log, NestanzaError } from '@nestanza/core';
import { connectClient, type Connection, Jid } from '@nestanza/xmpp';
import { InstallationSecret, memoryStore, startServer, type XmppServer } from '@nestanza/xmpp-server';
import type { Recorder } from './recorder.js';
import { recordingStore } from './recording-store.js';

export interface NetworkOptions {
  readonly domain: string;
  readonly recorder: Recorder;
  readonly log: Log;
}

interface NetworkParts {
  readonly log: Log;
  /** Node → bare JID of the account that made it. */
  readonly owners: ReadonlyMap<string, string>;
}

/** The XMPP server of one world, inside this process, and every stream that leads to it. */
export class Network {
  readonly #server: XmppServer;
  readonly #secret: InstallationSecret;
  readonly #log: Log;
  readonly #accounts = new Map<string, Promise<void>>();
  readonly #streams = new Map<string, Set<Duplex>>();
  readonly #down = new Set<string>();
  readonly #owners: ReadonlyMap<string, string>;

  private constructor(server: XmppServer, secret: InstallationSecret, { log, owners }: NetworkParts) {
    this.#server = server;
    this.#secret = secret;
    this.#log = log;
    this.#owners = owners;
  }

  static async open({ domain, recorder, log }: NetworkOptions): Promise<Network> {
    const secret = InstallationSecret.random();
    const owners = new Map<string, string>();
    const store = recordingStore(memoryStore(), {
      created: (node, owner) => owners.set(node, owner),
      published: (publication) => recorder.record(publication),
    });
    return new Network(await startServer({ domain, secret, store, log }), secret, { log, owners });
  }

  /** Account that made a node; `undefined` for a node that nobody has made. */
  ownerOf(node: string): string | undefined {
    return this.#owners.get(node)?.split('@', 1)[0];
  }

  get domain(): string {
    return this.#server.domain;
  }

  address(account: string): Jid {
    return Jid.of({ local: account, domain: this.domain });
  }

  /** A connection under this account, which exists from its first stream on; not yet started. */
  connection(account: string): Connection {
    return connectClient({
      jid: this.address(account),
      password: this.#secret.passwordOf(account),
      transport: () => this.#dial(account),
      log: this.#log,
    });
  }

  /** Loses the streams of an account without a word, as a broken cable does; they come back by themselves. */
  cut(account: string): void {
    for (const stream of this.#streams.get(account) ?? []) stream.destroy();
  }

  /** From now on, and until `up`, the account has no stream. */
  down(account: string): void {
    this.#down.add(account);
    this.cut(account);
  }

  up(account: string): void {
    this.#down.delete(account);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #dial(account: string): Promise<Duplex> {
    if (this.#down.has(account)) {
      throw new NestanzaError('NST_TESTING_DOWN', `The test has taken "${account}" off the network.`, {
        retryable: true,
        facts: { account },
      });
    }
    await this.#exists(account);
    const stream = this.#server.connect();
    const streams = this.#streams.get(account) ?? new Set();
    this.#streams.set(account, streams.add(stream));
    stream.once('close', () => streams.delete(stream));
    return stream;
  }

  #exists(account: string): Promise<void> {
    let made = this.#accounts.get(account);
    if (made === undefined) {
      made = this.#server.users.create(account, this.#secret.passwordOf(account));
      this.#accounts.set(account, made);
    }
    return made;
  }
}
