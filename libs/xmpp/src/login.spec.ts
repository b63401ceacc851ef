import { afterEach, describe, expect, it } from '@jest/globals';
import type { Duplex } from 'node:stream';
import { connectClient, type ClientOptions } from './client.js';
import type { Connection } from './connection.js';
import { xml, type Element } from './xml/element.js';
import { acceptStream, type AcceptedStream, type AcceptOptions } from './stream/accept.js';
import { acceptOptions, certificate } from './stream/accounts.fixture.js';
import { duplexPair } from './stream/duplex-pair.js';

/** A server that accepts every transport a client asks for. */
class Server {
  readonly accepted: AcceptedStream[] = [];
  readonly errors: Error[] = [];
  readonly #options: AcceptOptions;
  #waiting: (() => void)[] = [];

  constructor(changes: Partial<AcceptOptions> = {}) {
    this.#options = { ...acceptOptions, ...changes };
  }

  readonly transport = (): Duplex => {
    const [client, server] = duplexPair();
    acceptStream(server, this.#options).then(
      (accepted) => this.#note(() => this.accepted.push(accepted)),
      (error: Error) => this.#note(() => this.errors.push(error)),
    );
    return client;
  };

  async settled(): Promise<void> {
    if (this.accepted.length + this.errors.length === 0)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #note(change: () => void): void {
    change();
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

describe('a client logging in', () => {
  const opened: Connection[] = [];
  const client = (server: Server, changes: Partial<ClientOptions> = {}) => {
    const connection = connectClient({
      jid: 'alice@localhost',
      password: 'wonderland',
      tls: { ca: certificate },
      transport: server.transport,
      ...changes,
    });
    opened.push(connection);
    return connection;
  };
  afterEach(async () => {
    for (const connection of opened.splice(0)) await connection.stop();
  });

  it('is online with the resource it asked for, over TLS', async () => {
    const server = new Server();
    const connection = client(server, { resource: 'Desk' });
    await connection.start();
    expect(String(connection.jid)).toBe('alice@localhost/Desk');
    await server.settled();
    expect(server.accepted[0]!.stream.secure).toBe(true);
  });

  it('is online without TLS inside this process', async () => {
    const server = new Server({ tls: 'unneeded' });
    const connection = client(server, { tls: undefined });
    await connection.start();
    expect(String(connection.jid)).toBe('alice@localhost/given');
  });

  it('exchanges stanzas with the session', async () => {
    const server = new Server();
    const connection = client(server);
    await connection.start();
    await server.settled();
    const { stream } = server.accepted[0]!;
    const got = new Promise<Element>((resolve) => stream.listen({ onElement: resolve, onClosed: () => undefined }));
    connection.send(
      xml('message', { xmlns: 'jabber:client', to: 'dave@localhost' }, xml('body', {}, 'Grüße & <Küsse>')),
    );
    expect((await got).childText('body')).toBe('Grüße & <Küsse>');
  });

  it('fails for good with a wrong password', async () => {
    const connection = client(new Server(), { password: 'looking-glass' });
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_AUTH', retryable: false });
    expect(connection.status.state).toBe('failed');
  });

  it('fails for good with a certificate it does not trust', async () => {
    const connection = client(new Server(), { tls: {} });
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_CERTIFICATE' });
  });

  it('fails for good with a certificate of another domain', async () => {
    const connection = client(new Server({ serves: () => true }), { jid: 'alice@example.org' });
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_CERTIFICATE' });
  });

  it('sends nothing to a server without TLS', async () => {
    const server = new Server({ tls: 'unneeded' });
    await expect(client(server).start()).rejects.toMatchObject({ code: 'NST_XMPP_TLS_REQUIRED' });
    await server.settled();
    expect(server.errors).toHaveLength(1);
  });
});
