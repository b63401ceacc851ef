import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { message } from '../stanza/message.js';
import type { VirtualClock } from '../virtual-clock.fixture.js';
import { ConnectionWorld, requestId, until } from './connection-world.fixture.js';
import type { PersistentConnection } from './persistent-connection.js';

let world: ConnectionWorld;
let connection: PersistentConnection;
let clock: VirtualClock;
const online = () => world.online();

beforeEach(() => {
  world = new ConnectionWorld();
  ({ connection, clock } = world);
});
afterEach(() => world[Symbol.asyncDispose]());

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
    const next = world.dialer.server();
    server.hangUp();
    await until(() => connection.status.state === 'waiting');
    expect(connection.status).toMatchObject({ error: { code: 'NST_XMPP_DISCONNECTED' }, retryAt: 125 });
    clock.advance(125);
    await next;
    await until(() => connection.status.state === 'online');
    expect(world.states.map(({ state }) => state)).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
  });

  it('waits longer after each failed attempt, and start waits with it', async () => {
    for (let i = 0; i < 3; i++)
      world.dialer.failures.push(new NestanzaError('NST_XMPP_UNREACHABLE', 'x', { retryable: true }));
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
    world.dialer.failures.push(new NestanzaError('NST_XMPP_AUTH', 'x'));
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
    world.dialer.failures.push(new NestanzaError('NST_XMPP_UNREACHABLE', 'x', { retryable: true }));
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
