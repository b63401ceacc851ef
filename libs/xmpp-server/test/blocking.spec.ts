import { describe, expect, it } from '@jest/globals';
import { StanzaError, xml } from '@nestanza/xmpp';
import { refusal } from './pubsub-client.js';
import { World, type Person } from './world.js';

const BLOCKING = 'urn:xmpp:blocking';
const items = (...jids: string[]) => jids.map((jid) => xml('item', { jid }));
const block = (person: Person, ...jids: string[]) =>
  person.ask('set', undefined, xml('block', { xmlns: BLOCKING }, items(...jids)));
const unblock = (person: Person, ...jids: string[]) =>
  person.ask('set', undefined, xml('unblock', { xmlns: BLOCKING }, items(...jids)));
const blocked = async (person: Person) =>
  (await person.ask('get', undefined, xml('blocklist', { xmlns: BLOCKING })))
    .elements()[0]!
    .elements()
    .map((item) => item.attr('jid'));
const errors = (person: Person) =>
  person.received
    .filter((stanza) => stanza.attr('type') === 'error')
    .map((stanza) => [
      StanzaError.fromElement(stanza).condition,
      ...StanzaError.fromElement(stanza).details.map(({ name }) => name),
    ]);

async function scene() {
  const world = await World.open();
  const juliet = await world.login('juliet@localhost/j');
  const romeo = await world.login('romeo@localhost/r');
  await juliet.available();
  await romeo.available();
  return { world, juliet, romeo, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

describe('blocking (XEP-0191)', () => {
  it('stops messages and requests with the answer of nobody, and silences presence', async () => {
    await using s = await scene();
    await block(s.juliet, 'romeo@localhost');
    s.romeo.message('juliet@localhost', 'chat', 'hear me');
    s.romeo.message('juliet@localhost/j', 'headline', 'hear me');
    s.romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    s.romeo.send('presence', { to: 'juliet@localhost/j' });
    const ping = xml('ping', { xmlns: 'urn:xmpp:ping' });
    expect(await refusal(s.romeo.ask('get', 'juliet@localhost/j', ping))).toBe('cancel service-unavailable');
    await s.juliet.settled();
    expect(errors(s.romeo)).toEqual([['service-unavailable']]);
    expect(s.juliet.received.filter((stanza) => stanza.attr('from')?.startsWith('romeo'))).toEqual([]);
  });

  it('tells who blocks that it cannot write to whom it blocks', async () => {
    await using s = await scene();
    await block(s.juliet, 'romeo@localhost');
    s.juliet.message('romeo@localhost', 'chat', 'come back');
    await s.juliet.settled();
    await s.romeo.settled();
    expect([errors(s.juliet), s.romeo.bodies()]).toEqual([[['not-acceptable', 'blocked']], []]);
  });

  it('hides a contact’s presence at once, and shows it again', async () => {
    await using s = await scene();
    s.romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    await s.juliet.until((stanza) => stanza.attr('type') === 'subscribe');
    s.juliet.send('presence', { to: 'romeo@localhost', type: 'subscribed' });
    await s.romeo.until((stanza) => stanza.attr('from') === 'juliet@localhost/j');
    const before = s.romeo.presences().length;
    await block(s.juliet, 'localhost', 'romeo@localhost');
    s.juliet.send('presence', {}, xml('show', {}, 'away'));
    await s.juliet.settled();
    await s.romeo.settled();
    expect(s.romeo.presences().slice(before)).toEqual(['juliet@localhost/j unavailable']);
    await unblock(s.juliet);
    await s.romeo.settled();
    expect(s.romeo.presences().slice(before + 1)).toEqual(['juliet@localhost/j available']);
  });

  it('is kept over sessions, told to those that asked for it, and ended singly or at once', async () => {
    await using s = await scene();
    expect(await blocked(s.juliet)).toEqual([]);
    const pushes: (string | undefined)[] = [];
    for (const name of ['block', 'unblock']) {
      s.juliet.connection.onIq('set', { name, xmlns: BLOCKING }, (iq) => {
        const [push] = iq.elements();
        pushes.push(
          `${push!.name} ${push!
            .elements()
            .map((item) => item.attr('jid'))
            .join()}`,
        );
        return undefined;
      });
    }
    await block(s.juliet, 'romeo@localhost', 'spam.example');
    await unblock(s.juliet, 'romeo@localhost');
    await s.juliet.settled();
    expect(pushes).toEqual(['block romeo@localhost,spam.example', 'unblock romeo@localhost']);
    await s.juliet.connection.stop();
    const again = await s.world.login('juliet@localhost/k');
    expect(await blocked(again)).toEqual(['spam.example']);
    await unblock(again);
    expect(await blocked(again)).toEqual([]);
  });

  it('refuses what would be stored for an account that is away', async () => {
    await using s = await scene();
    await block(s.juliet, 'romeo@localhost/r');
    await s.juliet.connection.stop();
    s.romeo.message('juliet@localhost', 'chat', 'later');
    await s.romeo.until((stanza) => stanza.attr('type') === 'error');
    expect(errors(s.romeo)).toEqual([['service-unavailable']]);
    const again = await s.world.login('juliet@localhost/k');
    await again.available();
    await again.settled();
    expect(again.bodies()).toEqual([]);
  });

  it('names what it cannot do', async () => {
    await using s = await scene();
    expect(await refusal(block(s.juliet))).toBe('modify bad-request');
    expect(await refusal(block(s.juliet, 'a b@c'))).toBe('modify jid-malformed');
    expect(await refusal(block(s.juliet, ...Array.from({ length: 1_001 }, (_, n) => `x${n}.example`)))).toBe(
      'wait resource-constraint',
    );
    await expect(s.romeo.ask('get', 'juliet@localhost', xml('blocklist', { xmlns: BLOCKING }))).rejects.toMatchObject({
      condition: 'service-unavailable',
    });
  });
});
