import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
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

  it.each([
    ['without an account', { jid: 'localhost' }, 'NST_XMPP_JID'],
    ['with an empty password', { password: '' }, 'NST_XMPP_PASSWORD'],
    [
      'without TLS to another machine',
      { jid: 'a@b.example', tls: false as const, transport: undefined },
      'NST_XMPP_TLS_REQUIRED',
    ],
  ])('is refused at once %s', (_what, changes, code) => {
    expect(() => client(new Server(), changes)).toThrow(expect.objectContaining({ code }));
  });
});

describe('over TCP', () => {
  it('a client logs in, and comes back when its server does', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      acceptStream(socket, acceptOptions).then(
        ({ stream }) => stream.listen({ onElement: () => undefined, onClosed: () => undefined }),
        () => undefined,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = connectClient({
      jid: 'alice@localhost/x',
      password: 'wonderland',
      tls: { ca: certificate },
      host: '127.0.0.1',
      port,
    });
    const states: string[] = [];
    const again = new Promise<void>((resolve) =>
      connection.onStatus(({ state }) => {
        states.push(state);
        if (states.filter((one) => one === 'online').length === 2) resolve();
      }),
    );
    await connection.start();
    for (const socket of sockets) socket.destroy();
    await again;
    expect(states).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
    await connection.stop();
    server.close();
  });

  it('a client says that nobody answers, and where', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const connection = connectClient({ jid: 'alice@localhost', password: 'wonderland', host: '127.0.0.1', port });
    const waiting = new Promise<Error>((resolve) =>
      connection.onStatus((status) => {
        if (status.state === 'waiting') resolve(status.error);
      }),
    );
    connection.start().catch(() => undefined);
    const error = await waiting;
    expect(error).toMatchObject({ code: 'NST_XMPP_UNREACHABLE', retryable: true });
    expect(error.message).toMatch(new RegExp(`127.0.0.1:${port} .*ECONNREFUSED`));
    await connection.stop();
  });
});
