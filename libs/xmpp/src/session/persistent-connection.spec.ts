import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NestanzaError, silentLog } from '@nestanza/core';
import type { ConnectionStatus } from '../connection.js';
import { Jid } from '../jid.js';
import { iqGet, iqSet } from '../stanza/iq.js';
import { message } from '../stanza/message.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { duplexPair } from '../stream/duplex-pair.js';
import { XmlStream } from '../stream/xml-stream.js';
import { header, Wire } from '../stream/wire.fixture.js';
import { VirtualClock } from '../virtual-clock.fixture.js';
import { xml, type Element } from '../xml/element.js';
import { PersistentConnection, type Dialer } from './persistent-connection.js';

const OWN = 'me@localhost/desk';
const query = xml('query', { xmlns: 'urn:q' });

/** Hands out streams whose other end is a raw wire; negotiation is left out. */
class TestDialer implements Dialer {
  readonly pingTarget = undefined;
  /** What the next attempts meet: an error, or a stream where the list is empty. */
  readonly failures: Error[] = [];
  #servers: Wire[] = [];
  #waiting: ((server: Wire) => void)[] = [];

  dial(): Promise<{ stream: XmlStream; jid: Jid }> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const [near, far] = duplexPair();
    const stream = new XmlStream(near, { namespace: 'jabber:client' });
    stream.open({ to: 'localhost' });
    const server = new Wire(far);
    server.say(header("from='localhost' id='1' version='1.0'"));
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#servers.push(server);
    else waiting(server);
    return stream.next().then(() => ({ stream, jid: Jid.parse(OWN) }));
  }

  /** The far end of the next stream. */
  server(): Promise<Wire> {
    const server = this.#servers.shift();
    return server === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(server);
  }

  outgoing(stanza: Element): Element {
    return stanza;
  }

  incoming(stanza: Element): Element {
    return stanza;
  }
}

let dialer: TestDialer;
let clock: VirtualClock;
let connection: PersistentConnection;
let states: ConnectionStatus[];

beforeEach(() => {
  dialer = new TestDialer();
  clock = new VirtualClock();
  connection = new PersistentConnection(dialer, { log: silentLog, clock, random: () => 0 });
  states = [];
  connection.onStatus((status) => states.push(status));
});

afterEach(async () => {
  const stopped = connection.stop();
  clock.advance(60_000);
  await stopped;
});

async function online(): Promise<Wire> {
  const [server] = await Promise.all([dialer.server(), connection.start()]);
  await server.hear(/<stream:stream [^>]*>/);
  return server;
}

/** The id of the request that the server hears. */
const requestId = async (server: Wire) => (await server.hear(/<iq [^>]*id='([^']+)'[^>]*>.*?<\/iq>/))[1]!;

describe('a request', () => {
  it('is answered by the result of its id from the address asked', async () => {
    const server = await online();
    const answer = connection.request(iqGet({ to: 'a@b' }, query));
    server.say(`<iq type='result' id='${await requestId(server)}' from='a@b'><query xmlns='urn:q'>x</query></iq>`);
    expect((await answer).childText('query', 'urn:q')).toBe('x');
  });

  it('rejects with the error it is answered with', async () => {
    const server = await online();
    const answer = connection.request(iqSet({ to: 'a@b' }, query));
    server.say(
      `<iq type='error' id='${await requestId(server)}' from='a@b'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>full</text><code xmlns='urn:nestanza:errors:1'>FULL</code></error></iq>`,
    );
    await expect(answer).rejects.toMatchObject({
      name: 'StanzaError',
      condition: 'resource-constraint',
      type: 'wait',
      text: 'full',
      appCode: 'FULL',
      retryable: true,
    });
  });

  it.each([
    ['a@b/c', "from='a@b'"],
    ['a@b', "from='a@b/c'"],
    ['a@b', "from='evil@x'"],
    ['a@b', ''],
    [undefined, "from='evil@x'"],
    [undefined, "from='localhost.evil'"],
    ['a@b', "from='@@'"],
  ])('to %j is not answered by %j', async (to, from) => {
    const server = await online();
    const answer = connection.request(iqGet({ to }, query), { timeout: '5s' });
    server.say(`<iq type='result' id='${await requestId(server)}' ${from}/><message/>`);
    await new Promise<void>((resolve) => connection.onStanza(() => resolve()));
    clock.advance(5_000);
    await expect(answer).rejects.toMatchObject({ code: 'NST_XMPP_TIMEOUT', retryable: true });
  });

  it.each([
    [undefined, ''],
    [undefined, "from='me@localhost'"],
    [undefined, "from='me@localhost/desk'"],
    [undefined, "from='localhost'"],
    ['localhost', ''],
    ['me@localhost', ''],
    ['A@B', "from='a@b'"],
  ])('to %j is answered by %j', async (to, from) => {
    const server = await online();
    const answer = connection.request(iqGet({ to }, query));
    server.say(`<iq type='result' id='${await requestId(server)}' ${from}/>`);
    await expect(answer).resolves.toBeDefined();
  });

  it('fails while there is no stream', async () => {
    await expect(connection.request(iqGet({}, query))).rejects.toMatchObject({
      code: 'NST_XMPP_OFFLINE',
      retryable: true,
    });
  });

  it('fails when the stream is lost', async () => {
    const server = await online();
    const answer = connection.request(iqGet({}, query));
    await requestId(server);
    server.hangUp();
    await expect(answer).rejects.toMatchObject({ code: 'NST_XMPP_DISCONNECTED', retryable: true });
  });

  it('ends with the reason of its signal', async () => {
    await online();
    const controller = new AbortController();
    const answer = connection.request(iqGet({}, query), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });

  it('keeps its id while another of that id waits', async () => {
    await online();
    const first = connection.request(iqGet({ id: 'x' }, query), { timeout: 1 });
    await expect(connection.request(iqGet({ id: 'x' }, query))).rejects.toMatchObject({ code: 'NST_XMPP_REQUEST_ID' });
    clock.advance(1);
    await expect(first).rejects.toMatchObject({ code: 'NST_XMPP_TIMEOUT' });
  });
});

describe('an IQ request of somebody', () => {
  const ask = async (server: Wire, iq: string) => {
    server.say(iq);
    return (await server.hear(/<iq type='(?:result|error)'.*?<\/iq>/))[0];
  };

  it('is answered by the handler of its payload', async () => {
    const server = await online();
    connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, async () => xml('query', { xmlns: 'urn:q' }, 'yes'));
    expect(await ask(server, "<iq type='get' id='1' from='a@b/c' to='me@localhost'><query xmlns='urn:q'/></iq>")).toBe(
      "<iq type='result' to='a@b/c' from='me@localhost' id='1'><query xmlns='urn:q'>yes</query></iq>",
    );
  });

  it.each([
    ['a StanzaError as it is', () => new StanzaError('forbidden', { text: 'no', appCode: 'NO' }), /forbidden.*no.*NO/],
    ['another error without its text', () => new Error('secret'), /<internal-server-error [^>]*\/><\/error>/],
  ])('is refused with %s', async (_what, error, pattern) => {
    const server = await online();
    connection.onIq('set', { name: 'query', xmlns: 'urn:q' }, () => {
      throw error();
    });
    expect(await ask(server, "<iq type='set' id='1' from='a@b'><query xmlns='urn:q'/></iq>")).toMatch(pattern);
  });

  it('gets an error when the handler returns what cannot be written', async () => {
    const server = await online();
    connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, () => xml('query', { xmlns: 'urn:q' }, '\0'));
    expect(await ask(server, "<iq type='get' id='1' from='a@b'><query xmlns='urn:q'/></iq>")).toContain(
      'internal-server-error',
    );
  });

  it.each([
    ['an unknown payload', "<iq type='get' id='1'><query xmlns='urn:other'/></iq>", 'service-unavailable'],
    [
      'a payload that has a handler for the other type',
      "<iq type='get' id='1'><query xmlns='urn:q'/></iq>",
      'service-unavailable',
    ],
    ['no id', "<iq type='get'><query xmlns='urn:q'/></iq>", 'bad-request'],
    ['an unknown type', "<iq type='put' id='1'><query xmlns='urn:q'/></iq>", 'bad-request'],
    ['no payload', "<iq type='get' id='1'/>", 'bad-request'],
    ['two payloads', "<iq type='get' id='1'><query xmlns='urn:q'/><query xmlns='urn:q'/></iq>", 'bad-request'],
  ])('with %s is refused', async (_what, iq, condition) => {
    const server = await online();
    connection.onIq('set', { name: 'query', xmlns: 'urn:q' }, () => undefined);
    expect(await ask(server, iq)).toContain(`<${condition} `);
  });

  it('of type error or result is never answered', async () => {
    const server = await online();
    server.say("<iq type='error' id='1' from='a@b'/><iq type='result' id='2' from='a@b'/><iq type='get' id='3'/>");
    expect((await server.hear(/<iq [^>]*>/))[0]).toContain("id='3'");
  });

  it('has one handler', () => {
    const register = () => connection.onIq('get', { name: 'query', xmlns: 'urn:q' }, () => undefined);
    const unregister = register();
    expect(register).toThrow('Two handlers');
    unregister();
    expect(register).not.toThrow();
  });
});

describe('stanzas', () => {
  it('leave in the order of sending, all of one tick in one write', async () => {
    const server = await online();
    connection.send(message({ to: 'a@b', body: '1' }));
    connection.send(message({ to: 'a@b', body: '2' }));
    await server.hear(/^<message [^>]*><body>1<\/body><\/message><message [^>]*><body>2<\/body><\/message>/);
  });

  it('reach listeners in order until one claims them, whatever another throws', async () => {
    const server = await online();
    const seen: string[] = [];
    connection.onStanza(() => {
      throw new Error('broken listener');
    });
    const done = new Promise<void>((resolve) => {
      connection.onStanza((stanza) => {
        seen.push(`first ${stanza.attr('id')}`);
        return stanza.attr('id') === '1';
      });
      connection.onStanza((stanza) => {
        seen.push(`second ${stanza.attr('id')}`);
        resolve();
      });
    });
    server.say("<message id='1'/><presence id='2'/>");
    await done;
    expect(seen).toEqual(['first 1', 'first 2', 'second 2']);
  });
});

describe('a connection', () => {
  it('comes back after the stream is lost', async () => {
    const server = await online();
    const next = dialer.server();
    server.hangUp();
    await until(() => connection.status.state === 'waiting');
    expect(connection.status).toMatchObject({ error: { code: 'NST_XMPP_DISCONNECTED' }, retryAt: 125 });
    clock.advance(125);
    await next;
    await until(() => connection.status.state === 'online');
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
  });

  it('waits longer after each failed attempt, and start waits with it', async () => {
    for (let i = 0; i < 3; i++)
      dialer.failures.push(new NestanzaError('NST_XMPP_UNREACHABLE', 'x', { retryable: true }));
    const started = connection.start();
    for (const delay of [125, 250, 500]) {
      await until(() => connection.status.state === 'waiting');
      expect(connection.status).toMatchObject({ retryAt: clock.now() + delay });
      clock.advance(delay);
    }
    await started;
    expect(connection.status.state).toBe('online');
  });

  it('fails for good where another attempt cannot help, and can be started again', async () => {
    dialer.failures.push(new NestanzaError('NST_XMPP_AUTH', 'x'));
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_AUTH' });
    expect(connection.status.state).toBe('failed');
    await connection.start();
    expect(connection.status.state).toBe('online');
  });

  it('gives way to another client of its resource', async () => {
    const server = await online();
    server.say("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>");
    await until(() => connection.status.state === 'failed');
    expect(connection.status).toMatchObject({ error: { condition: 'conflict' } });
  });

  it('asks a silent server for a sign of life, and leaves a dead one', async () => {
    const server = await online();
    clock.advance(60_000);
    await server.hear(/<iq type='get' id='[^']+'><ping xmlns='urn:xmpp:ping'\/><\/iq>/);
    clock.advance(20_000);
    await until(() => connection.status.state === 'waiting');
    expect(connection.status).toMatchObject({ error: { code: 'NST_XMPP_DISCONNECTED' } });
  });

  it('stays while the server answers, whatever it answers', async () => {
    const server = await online();
    clock.advance(60_000);
    const id = await requestId(server);
    server.say(
      `<iq type='error' id='${id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq><message/>`,
    );
    await new Promise<void>((resolve) => connection.onStanza(() => resolve()));
    clock.advance(20_000);
    expect(connection.status.state).toBe('online');
  });

  it('stops in good order: what was sent leaves, then the end tag', async () => {
    const server = await online();
    connection.send(message({ to: 'a@b', body: 'last' }));
    const stopped = connection.stop();
    await server.hear(/last<\/body><\/message><\/stream:stream>/);
    server.say('</stream:stream>');
    await stopped;
    expect(connection.status.state).toBe('offline');
    expect(() => connection.send(message({}))).toThrow(expect.objectContaining({ code: 'NST_XMPP_OFFLINE' }));
  });

  it('stopped before it was online rejects start', async () => {
    dialer.failures.push(new NestanzaError('NST_XMPP_UNREACHABLE', 'x', { retryable: true }));
    const started = connection.start();
    await until(() => connection.status.state === 'waiting');
    await Promise.all([connection.stop(), expect(started).rejects.toMatchObject({ code: 'NST_XMPP_OFFLINE' })]);
  });

  it('refuses to queue more than the peer will ever read', async () => {
    await online();
    const big = message({ to: 'a@b', body: 'x'.repeat(1_000_000) });
    expect(() => {
      for (let i = 0; i < 10; i++) connection.send(big);
    }).toThrow(expect.objectContaining({ code: 'NST_XMPP_QUEUE_FULL', retryable: true }));
    await connection.drained();
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It never came: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
