import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { localAuthority, type LocalAuthority } from '../src/tls/local-authority.js';
import { Raw } from './raw.js';
import { World } from './world.js';

const state = (name: string) => `<${name} xmlns='urn:xmpp:csi:0'/>`;

let authority: LocalAuthority;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nestanza-state-'));
  authority = await localAuthority(directory, 'localhost', Date.now());
});
afterAll(() => rm(directory, { recursive: true }));

/** A raw client, logged in and available. */
async function rawClient(world: World): Promise<Raw> {
  const raw = await Raw.secured(world.server, authority.ca);
  raw.auth('', 'juliet', 'secret');
  await raw.until('<success');
  raw.header();
  expect(await raw.until('</stream:features>')).toMatch(/<csi .*<max-bytes>262144<\/max-bytes>/);
  raw.write(
    `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind></iq>`,
  );
  await raw.until('raw</jid>');
  raw.write('<presence/>');
  await raw.until('<presence');
  return raw;
}

describe('an inactive client (XEP-0352)', () => {
  it('gets the last presence of each sender only with what cannot wait, and no chat states', async () => {
    await using world = await World.open({ port: 0, tls: authority.identity });
    const raw = await rawClient(world);
    const romeo = await world.login('romeo@localhost/r');
    raw.write(state('inactive'));
    raw.write(`<iq type='get' id='p1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await raw.until("id='p1'");
    for (const show of ['away', 'dnd', 'xa'])
      romeo.send('presence', { to: 'juliet@localhost/raw' }, xml('show', {}, show));
    romeo.send(
      'message',
      { to: 'juliet@localhost/raw', type: 'chat' },
      xml('composing', { xmlns: 'http://jabber.org/protocol/chatstates' }),
    );
    romeo.message('juliet@localhost/raw', 'chat', 'wake up');
    const woken = await raw.until('wake up');
    expect(woken.match(/<show>\w+/g)).toEqual(['<show>xa']);
    expect(woken).not.toContain('composing');
    expect(woken.indexOf('<presence')).toBeLessThan(woken.indexOf('<message'));
    romeo.send('presence', { to: 'juliet@localhost/raw', type: 'unavailable' });
    await romeo.settled();
    raw.write(state('active'));
    await raw.until("type='unavailable'");
    romeo.send('presence', { to: 'juliet@localhost/raw' });
    await raw.until('<presence');
    raw.destroy();
  });
});
