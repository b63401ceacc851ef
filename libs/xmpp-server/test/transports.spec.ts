import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectClient } from '@nestanza/xmpp';
import { WebSocket } from 'ws';
import { localAuthority, type LocalAuthority } from '../src/tls/local-authority.js';
import { WebSocketStream } from '../src/web/web-socket-stream.js';
import { Raw } from './raw.js';
import { Person, World } from './world.js';

let authority: LocalAuthority;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nestanza-transports-'));
  authority = await localAuthority(directory, 'localhost', Date.now());
});
afterAll(() => rm(directory, { recursive: true }));

const listening = () => World.open({ port: 0, webSocketPort: 0, tls: authority.identity });

function webSocket(world: World, protocol = 'xmpp', path = '/xmpp-websocket'): WebSocket {
  return new WebSocket(`wss://localhost:${world.server.webSocketAddress!.port}${path}`, protocol, { ca: authority.ca });
}

function get(world: World, path: string): Promise<{ status: number; type: string; body: string; origin: string }> {
  const { port } = world.server.webSocketAddress!;
  return new Promise((resolve, reject) => {
    request({ host: 'localhost', port, path, ca: authority.ca, agent: false }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        const { headers, statusCode } = response;
        const origin = headers['access-control-allow-origin'] ?? '';
        resolve({ status: statusCode!, type: headers['content-type'] ?? '', body, origin });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('TLS at once (XEP-0368)', () => {
  it('is served on the port for STARTTLS, with its protocol name, and offers no second TLS', async () => {
    await using world = await listening();
    const socket = connectTls({
      ...world.server.address!,
      ca: authority.ca,
      servername: 'localhost',
      ALPNProtocols: ['xmpp-client'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('xmpp-client');
    const raw = new Raw(socket).header();
    const features = await raw.until('</stream:features>');
    expect([features.includes('PLAIN'), features.includes('starttls')]).toEqual([true, false]);
    await raw.login('juliet');
    raw.destroy();
    const plain = new Raw(connectTcp(world.server.address!)).header();
    expect(await plain.until('</stream:features>')).toContain('<starttls');
    plain.destroy();
  });

  it('ends who says nothing', async () => {
    await using world = await World.open({ port: 0, tls: authority.identity, limits: { negotiation: '50ms' } });
    const silent = new Raw(connectTcp(world.server.address!));
    await silent.closed();
  });
});

describe('XMPP over WebSocket (RFC 7395)', () => {
  it('carries a session like any other', async () => {
    await using world = await listening();
    const romeo = await world.login('romeo@localhost/r');
    await romeo.available();
    const connection = connectClient({
      jid: 'juliet@localhost/web',
      password: 'secret',
      transport: async () => {
        const socket = webSocket(world);
        await once(socket, 'open');
        return new WebSocketStream(socket);
      },
    });
    const juliet = new Person(connection);
    await connection.start();
    await juliet.available();
    juliet.message('romeo@localhost/r', 'chat', 'a > b & <c>');
    romeo.message('juliet@localhost/web', 'chat', 'x'.repeat(50_000));
    await romeo.until((stanza) => stanza.childText('body') === 'a > b & <c>');
    await juliet.until((stanza) => stanza.childText('body')?.length === 50_000);
    await connection.stop();
    await romeo.settled();
    expect(world.server.webSocketAddress).toBeDefined();
  });

  it('is for clients that ask for it, in text', async () => {
    await using world = await listening();
    for (const wrong of [webSocket(world, 'chat'), webSocket(world, 'xmpp', '/other')]) {
      const [error] = (await once(wrong, 'error')) as [Error];
      expect(error.message).toContain('400');
    }
    const binary = webSocket(world);
    await once(binary, 'open');
    binary.send(Buffer.from('<open/>'));
    const [code] = (await once(binary, 'close')) as [number];
    expect(code).toBe(1003);
  });

  it('opens, refuses and closes in its own words', async () => {
    await using world = await listening();
    const socket = webSocket(world);
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => frames.push(String(data)));
    await once(socket, 'open');
    const closed = once(socket, 'close');
    socket.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='elsewhere' version='1.0'/>`);
    await closed;
    expect(frames[0]).toMatch(/^<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' [^>]*id='/);
    expect(frames[1]).toMatch(/^<stream:error xmlns:stream='[^']+'><host-unknown/);
    expect(frames[2]).toBe(`<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>`);
  });

  it('is found by host-meta (XEP-0156), from any origin', async () => {
    await using world = await listening();
    const url = `wss://localhost:${world.server.webSocketAddress!.port}/xmpp-websocket`;
    const xrd = await get(world, '/.well-known/host-meta');
    expect([xrd.status, xrd.origin, xrd.type]).toEqual([200, '*', 'application/xrd+xml; charset=utf-8']);
    expect(xrd.body).toContain(`<Link rel='urn:xmpp:alt-connections:websocket' href='${url}'/>`);
    const json = await get(world, '/.well-known/host-meta.json');
    expect(JSON.parse(json.body)).toEqual({ links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: url }] });
    expect((await get(world, '/')).status).toBe(404);
  });
});
