import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import type { ServerOptions } from '../src/server.js';
import { localAuthority, type LocalAuthority } from '../src/tls/local-authority.js';
import { Raw } from './raw.js';
import { World } from './world.js';

let authority: LocalAuthority;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nestanza-border-'));
  authority = await localAuthority(directory, 'localhost', Date.now());
});
afterAll(() => rm(directory, { recursive: true }));

function listening(options: ServerOptions = {}): Promise<World> {
  return World.open({ port: 0, tls: authority.identity, ...options });
}

function stranger(world: World): Promise<Raw> {
  return Raw.secured(world.server, authority.ca);
}

async function rawLogin(world: World, name = 'mercutio'): Promise<Raw> {
  return (await stranger(world)).login(name);
}

describe('at the border of the server', () => {
  it('a stanza under another name ends the stream', async () => {
    await using world = await listening();
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    for (const from of [
      'romeo@localhost',
      'romeo@localhost/a',
      'localhost',
      'mercutio@localhost/other',
      'pubsub.localhost',
      '@',
    ]) {
      const liar = await rawLogin(world);
      liar.write(`<message from='${from}' to='juliet@localhost/b'><body>lie</body></message>`);
      await liar.until('<invalid-from');
      await liar.closed();
    }
    await juliet.settled();
    expect(juliet.bodies()).toEqual([]);
  });

  it('one’s own name is fine, and is made the full JID', async () => {
    await using world = await listening();
    const juliet = await world.login('juliet@localhost/b');
    const raw = await rawLogin(world);
    for (const from of ['', "from='mercutio@localhost'", "from='MERCUTIO@localhost/raw'"]) {
      raw.write(`<message ${from} to='juliet@localhost/b'><body>hello</body></message>`);
    }
    await raw.write(`<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`).until("id='p'");
    await juliet.settled();
    expect(juliet.received.map((stanza) => stanza.attr('from'))).toEqual(Array(3).fill('mercutio@localhost/raw'));
    raw.destroy();
  });

  it('what only the server may say of itself is taken out', async () => {
    await using world = await listening();
    const juliet = await world.login('juliet@localhost/b');
    const raw = await rawLogin(world);
    raw.write(
      `<message to='juliet@localhost/b'><body>x</body><delay xmlns='urn:xmpp:delay' from='localhost' stamp='2001-01-01T00:00:00Z'/>` +
        `<delay xmlns='urn:xmpp:delay' from='far.example' stamp='2001-01-01T00:00:00Z'/>` +
        `<stanza-id xmlns='urn:xmpp:sid:0' by='juliet@localhost' id='1'/></message>`,
    );
    const message = await juliet.until(({ name }) => name === 'message');
    expect(message.elements().map((child) => `${child.name} ${child.attr('from') ?? ''}`.trim())).toEqual([
      'body',
      'delay far.example',
    ]);
    raw.destroy();
  });

  it.each([
    ["<iq type='get' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>", 'bad-request'],
    ["<iq type='get' id='1' to='localhost'/>", 'bad-request'],
    [
      "<iq type='get' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/></iq>",
      'bad-request',
    ],
    ["<iq type='order' id='1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>", 'bad-request'],
    ["<message to='@' id='1'><body>x</body></message>", 'jid-malformed'],
    ["<iq type='get' id='1' to='localhost'><query xmlns='urn:none'/></iq>", 'service-unavailable'],
    ["<iq type='get' id='1' to='juliet@localhost'><query xmlns='urn:none'/></iq>", 'service-unavailable'],
    ["<iq type='get' id='1' to='juliet@localhost/nowhere'><ping xmlns='urn:xmpp:ping'/></iq>", 'service-unavailable'],
  ])('%s is answered %s', async (stanza, condition) => {
    await using world = await listening();
    const raw = await rawLogin(world);
    raw.write(stanza);
    expect(await raw.until('</error>')).toContain(`<${condition} `);
    expect(raw.open).toBe(true);
    raw.destroy();
  });

  it.each([
    ['unsupported-stanza-type', '<stanza/>'],
    ['invalid-namespace', "<message xmlns='urn:other'/>"],
    ['not-well-formed', '<message></iq>'],
    ['restricted-xml', '<!-- hello -->'],
    ['policy-violation', `<message><body>${'x'.repeat(3_000)}</body></message>`],
  ])('a stream ends with %s where it is due', async (condition, text) => {
    await using world = await listening({ limits: { stanzaBytes: 2_000 } });
    const raw = await rawLogin(world);
    raw.write(text);
    await raw.until(`<${condition} `);
    await raw.closed();
  });

  it('results and errors that nobody asked for are never answered', async () => {
    await using world = await listening();
    const raw = await rawLogin(world);
    for (const to of ['localhost', 'juliet@localhost', 'juliet@localhost/x', 'pubsub.localhost', 'far.example']) {
      raw.write(`<iq type='result' id='r' to='${to}'/><iq type='error' id='r' to='${to}'/>`);
    }
    raw.write(`<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`);
    expect(await raw.until("id='p'")).not.toContain("id='r'");
    raw.destroy();
  });

  it('nobody gets in with a wrong password, another’s name, or before logging in', async () => {
    await using world = await listening();
    const attempts: [string, string, string][] = [
      ['', 'romeo', 'wrong'],
      ['', 'nobody', 'secret'],
      ['juliet@localhost', 'romeo', 'secret'],
    ];
    for (const [authzid, name, password] of attempts) {
      const raw = await stranger(world);
      raw.auth(authzid, name, password);
      expect(await raw.until('</failure>')).toMatch(/<(not-authorized|invalid-authzid)\/>/);
      raw.destroy();
    }
    const early = await stranger(world);
    early.write(`<message to='juliet@localhost'><body>x</body></message>`);
    await early.until('<not-authorized');
    await early.closed();
  });

  it('a server without accounts lets nobody in', async () => {
    await using world = await listening({ accounts: {} });
    const raw = await stranger(world);
    raw.auth('', 'romeo', 'secret');
    await raw.until('<not-authorized');
    raw.destroy();
  });

  it('an account has only so many resources', async () => {
    await using world = await listening({ limits: { resourcesPerAccount: 1 } });
    await world.login('romeo@localhost/one');
    const raw = await stranger(world);
    raw.auth('', 'romeo', 'secret');
    await raw.until('<success');
    raw.header();
    await raw.until('</stream:features>');
    raw.write(`<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`);
    await raw.until('<resource-constraint');
    raw.destroy();
  });

  it('a connection that breaks off mid-stanza is gone for everybody', async () => {
    await using world = await listening();
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    const raw = await rawLogin(world);
    raw.write(`<presence to='juliet@localhost/b'/><message to='juliet@localhost/b'><bo`);
    await juliet.until((stanza) => stanza.attr('from') === 'mercutio@localhost/raw');
    raw.destroy();
    await juliet.until(
      (stanza) => stanza.attr('from') === 'mercutio@localhost/raw' && stanza.attr('type') === 'unavailable',
    );
    await expect(
      juliet.ask('get', 'mercutio@localhost/raw', xml('ping', { xmlns: 'urn:xmpp:ping' })),
    ).rejects.toMatchObject({
      condition: 'service-unavailable',
    });
  });

  it('who never reads is cut off at the bound, and the others go on', async () => {
    await using world = await listening({ limits: { sendQueueBytes: 500_000 } });
    const romeo = await world.login('romeo@localhost');
    const slow = await rawLogin(world);
    slow.pause();
    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 20; count++) romeo.message('mercutio@localhost/raw', 'chat', 'x'.repeat(100_000));
      await romeo.settled();
    }
    romeo.message('mercutio@localhost/raw', 'groupchat', 'gone');
    await romeo.until((stanza) => stanza.attr('id') === 'gone');
    slow.destroy();
  }, 20_000);

  it('closing says system-shutdown to everybody, after what they were sent', async () => {
    const world = await listening();
    const raw = await rawLogin(world);
    raw.write(`<message to='mercutio@localhost/raw'><body>last</body></message>`);
    await raw.until('last');
    await world.server.close();
    await raw.until('<system-shutdown');
    await raw.closed();
    await world.server.close();
  });
});
