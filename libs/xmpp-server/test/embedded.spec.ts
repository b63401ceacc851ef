import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { connectClient, connectComponent, message, xml, type Connection } from '@nestanza/xmpp';
import { openSession, temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { joinEmbedded, type EmbeddedXmpp, type JoinOptions } from '../src/embedded.js';

const MEMBER = new URL('./member.mjs', import.meta.url).pathname;

let database: TemporaryDatabase;
let data: string;
let port: number;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => void (database = await temporaryDatabase()), 60_000);
afterAll(() => database.close());
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'nestanza-embedded-'));
  port = await freePort();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(data, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}

async function joined(options: Partial<JoinOptions> = {}): Promise<EmbeddedXmpp> {
  const environment = { NESTANZA_XMPP_PORT: String(port), NESTANZA_XMPP_ACCOUNTS: 'alice:wonder:land' };
  const member = await joinEmbedded({ data, database: database.url, environment, log: silentLog, ...options });
  cleanups.push(() => member.close());
  return member;
}

async function login(member: EmbeddedXmpp, account: string): Promise<Connection> {
  const { username, password } = await member.credentials(account);
  return connected(member, username, password);
}

async function connected(member: EmbeddedXmpp, username: string, password: string): Promise<Connection> {
  const connection = connectClient({
    jid: `${username}@${member.domain}`,
    password,
    ...member.address,
    tls: { ca: member.ca },
  });
  cleanups.push(() => connection.stop());
  await connection.start();
  return connection;
}

/** A member in a process of its own, with the events it told. */
class Member {
  readonly process: ChildProcess;
  readonly events: { readonly what: string; readonly port: number; readonly at: number }[] = [];

  constructor(role = 'standby') {
    this.process = spawn(process.execPath, [MEMBER, database.url, role], {
      env: { ...process.env, NODE_OPTIONS: '', NESTANZA_DATA: data, NESTANZA_XMPP_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(this.process.stdout!).on('line', (line) => {
      this.events.push({ ...(JSON.parse(line) as { what: string; port: number }), at: Date.now() });
    });
    cleanups.push(async () => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) return;
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    });
  }

  async until(what: string): Promise<number> {
    await poll(() => this.events.at(-1)?.what === what);
    return this.events.at(-1)!.at;
  }
}

async function poll(fits: () => boolean | Promise<boolean>, patience = 15_000): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline;) {
    if (await fits()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come about');
}

describe('the embedded server of a data directory', () => {
  it('is hosted by the first to join; the next ones find it, with its CA and their credentials', async () => {
    const first = await joined();
    const second = await joined();
    expect([first.hosting, second.hosting]).toEqual([true, false]);
    expect(second.address).toEqual({ host: '127.0.0.1', port });
    expect(second.ca).toBe(first.ca);
    expect(second.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    const orders = await login(second, 'orders');
    await orders.request(
      xml('iq', { xmlns: 'jabber:client', type: 'get', to: 'localhost' }, xml('ping', { xmlns: 'urn:xmpp:ping' })),
    );
    expect(await first.credentials('orders')).toEqual(await second.credentials('orders'));
  });

  it('lets configured accounts in, and nobody with a wrong password', async () => {
    const member = await joined();
    await connected(member, 'alice', 'wonder:land');
    await expect(connected(member, 'alice', 'wrong')).rejects.toMatchObject({
      code: expect.stringMatching(/^NST_XMPP_/),
    });
    await expect(connected(member, 'orders', 'wrong')).rejects.toMatchObject({
      code: expect.stringMatching(/^NST_XMPP_/),
    });
  });

  it('keeps messages for an account that has never logged in', async () => {
    const member = await joined();
    await member.credentials('operator');
    const orders = await login(member, 'orders');
    orders.send(message({ to: 'operator@localhost', type: 'chat', body: 'look here' }));
    await orders.request(
      xml('iq', { xmlns: 'jabber:client', type: 'get', to: 'localhost' }, xml('ping', { xmlns: 'urn:xmpp:ping' })),
    );
    const operator = await login(member, 'operator');
    const bodies: (string | undefined)[] = [];
    operator.onStanza((stanza) => void bodies.push(stanza.childText('body')));
    operator.send(xml('presence', { xmlns: 'jabber:client' }));
    await poll(() => bodies.includes('look here'));
  });

  it('has its users managed from any member, and removes those deleted with their sessions', async () => {
    const host = await joined();
    const standby = await joined();
    expect([host.hosting, standby.hosting]).toEqual([true, false]);
    await standby.users.create('juliet', 'secret');
    expect(await host.users.list()).toEqual(expect.arrayContaining(['alice', 'juliet']));
    const juliet = await connected(host, 'juliet', 'secret');
    const ended = new Promise((resolve) => juliet.onStatus(resolve));
    await standby.users.delete('juliet');
    await ended;
    await expect(connected(host, 'juliet', 'secret')).rejects.toMatchObject({ code: 'NST_XMPP_AUTH' });
    await expect(standby.users.create('juliet', 'x')).rejects.toMatchObject({ code: 'NST_SERVER_USER_RESERVED' });
    await expect(standby.users.delete('juliet')).rejects.toMatchObject({ code: 'NST_SERVER_USER_UNKNOWN' });
    await expect(standby.credentials('juliet')).rejects.toMatchObject({ code: 'NST_SERVER_USER_RESERVED' });
    expect(await standby.users.list()).not.toContain('juliet');
  });

  it('has a port for components where any are configured, and remembers it', async () => {
    const environment = { NESTANZA_XMPP_PORT: String(port), NESTANZA_XMPP_COMPONENTS: 'irc.localhost:secret' };
    const record = async () =>
      JSON.parse(await readFile(join(data, 'xmpp', 'server.json'), 'utf8')) as { componentPort: number };
    const first = await joined({ environment });
    const { componentPort } = await record();
    const component = connectComponent({ domain: 'irc.localhost', secret: 'secret', port: componentPort });
    cleanups.push(() => component.stop());
    await component.start();
    await first.close();
    await joined({ environment });
    expect((await record()).componentPort).toBe(componentPort);
    await poll(() => component.status.state === 'online');
    await expect(joined({ environment: { NESTANZA_XMPP_COMPONENTS: 'secret' } })).rejects.toMatchObject({
      code: 'NST_SERVER_CONFIG',
      message: expect.not.stringContaining('=secret'),
    });
  });

  it('keeps its secrets to their owner', async () => {
    await joined();
    const permissions = async (name: string) => (await stat(join(data, 'xmpp', name))).mode % 0o1000;
    for (const name of ['secret', 'ca.key', 'server.key']) expect(await permissions(name)).toBe(0o600);
    expect(await permissions('.')).toBe(0o700);
  });

  it('remembers its port, its CA and its nodes', async () => {
    const first = await joined({ environment: {} });
    const { address, ca } = first;
    await first.close();
    const again = await joined({ environment: {} });
    expect([again.address, again.ca, again.hosting]).toEqual([address, ca, true]);
    const record = JSON.parse(await readFile(join(data, 'xmpp', 'server.json'), 'utf8')) as { pid: number };
    expect(record.pid).toBe(process.pid);
  });

  it('says which variable is wrong, and when the port demanded is a stranger’s', async () => {
    await expect(
      joined({ environment: { NESTANZA_XMPP_PORT: 'x', NESTANZA_XMPP_ACCOUNTS: 'alice' } }),
    ).rejects.toMatchObject({
      code: 'NST_SERVER_CONFIG',
      message: expect.stringMatching(/NESTANZA_XMPP_PORT.*NESTANZA_XMPP_ACCOUNTS/),
    });
    const stranger = createServer().listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    cleanups.push(async () => void stranger.close());
    const demanded = joined();
    await expect(demanded).rejects.toMatchObject({ code: 'NST_SERVER_PORT' });
  });

  it('is handed on when the host leaves, and taken over when it is killed, on the same port', async () => {
    const [a, b, c] = [new Member(), new Member(), new Member()];
    const members = [a, b, c];
    await poll(() => members.every(({ events }) => events.length > 0));
    const hosts = () =>
      members.filter(
        ({ events, process: { exitCode, signalCode } }) =>
          exitCode === null && signalCode === null && events.at(-1)?.what === 'hosting',
      );
    expect(hosts()).toHaveLength(1);
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const [host] = hosts();
      const at = Date.now();
      host!.process.kill(signal);
      await once(host!.process, 'exit');
      await poll(() => hosts().length === 1);
      const { at: taken, port: next } = hosts()[0]!.events.at(-1)!;
      expect(next).toBe(port);
      expect(taken - at).toBeLessThan(2_500);
    }
  }, 60_000);

  it('comes back to its clients when the host is killed', async () => {
    const host = new Member();
    await host.until('hosting');
    const standby = await joined({ environment: { NESTANZA_XMPP_PORT: String(port) } });
    expect(standby.hosting).toBe(false);
    const orders = await login(standby, 'orders');
    const states: string[] = [];
    orders.onStatus(({ state }) => states.push(state));
    host.process.kill('SIGKILL');
    await poll(() => states.includes('online'));
    expect(standby.hosting).toBe(true);
  }, 60_000);

  it('is given up when its database session is lost, and taken again by one member only', async () => {
    const [one, two] = [await joined(), await joined()];
    const changes: string[] = [];
    one.onHosting((hosting) => changes.push(`one ${hosting}`));
    two.onHosting((hosting) => changes.push(`two ${hosting}`));
    const admin = await openSession(database.url);
    cleanups.push(() => admin.close());
    await admin.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 7010 and granted
        and database = (select oid from pg_database where datname = current_database())`,
    );
    await poll(() => changes.length === 2);
    expect(changes[0]).toBe('one false');
    expect(changes[1]).toMatch(/^(one|two) true$/);
    expect(Number(one.hosting) + Number(two.hosting)).toBe(1);
  }, 30_000);

  it('moves to a preferred member', async () => {
    const first = await joined();
    expect(first.hosting).toBe(true);
    const serve = new Member('preferred');
    await serve.until('hosting');
    expect(first.hosting).toBe(false);
    serve.process.kill('SIGKILL');
    await poll(() => first.hosting);
  }, 60_000);
});
