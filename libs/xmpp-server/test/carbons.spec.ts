import { describe, expect, it } from '@jest/globals';
import { xml, type Element } from '@nestanza/xmpp';
import { World, type Person } from './world.js';

const CARBONS = 'urn:xmpp:carbons:2';
const hint = (name: string) => xml(name, { xmlns: 'urn:xmpp:hints' });

async function scene() {
  const world = await World.open();
  const [desk, phone, juliet] = await Promise.all(
    ['romeo@localhost/desk', 'romeo@localhost/phone', 'juliet@localhost/j'].map((jid) => world.login(jid)),
  );
  await desk!.available(5);
  await phone!.available();
  await juliet!.available();
  await phone!.ask('set', undefined, xml('enable', { xmlns: CARBONS }));
  return {
    world,
    desk: desk!,
    phone: phone!,
    juliet: juliet!,
    settled: async () => {
      for (const person of [juliet!, desk!, phone!]) await person.settled();
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** `sent body` or `received body` for each copy. */
function copies(person: Person): string[] {
  return person.received.flatMap((stanza) =>
    ['sent', 'received'].flatMap((kind) => {
      const copy = stanza
        .child(kind, CARBONS)
        ?.child('forwarded', 'urn:xmpp:forward:0')
        ?.child('message', 'jabber:client');
      return copy === undefined ? [] : [`${kind} ${copy.childText('body')}`];
    }),
  );
}

describe('message carbons (XEP-0280)', () => {
  it('show a conversation on every session that asked for it, from the own account', async () => {
    await using s = await scene();
    s.desk.message('juliet@localhost/j', 'chat', 'hello');
    s.juliet.message('romeo@localhost/desk', 'chat', 'good day');
    s.juliet.message('romeo@localhost', 'chat', 'to the best');
    await s.settled();
    expect(copies(s.phone)).toEqual(['sent hello', 'received good day', 'received to the best']);
    expect(new Set(s.phone.received.slice(-3).map((stanza) => stanza.attr('from')))).toEqual(
      new Set(['romeo@localhost']),
    );
    expect([copies(s.desk), copies(s.juliet)]).toEqual([[], []]);
    expect(s.desk.bodies()).toEqual(['good day', 'to the best']);
  });

  it('are no copies of what is private, of groups, of news, or of copies', async () => {
    await using s = await scene();
    const send = (type: string | undefined, ...children: Element[]) =>
      s.juliet.send('message', { to: 'romeo@localhost/desk', type }, xml('body', {}, 'x'), ...children);
    send('chat', xml('private', { xmlns: CARBONS }));
    send('chat', hint('no-copy'));
    send('chat', xml('received', { xmlns: CARBONS }));
    send('chat', xml('x', { xmlns: 'http://jabber.org/protocol/muc#user' }));
    send('headline');
    send('groupchat');
    send('error');
    s.juliet.send('message', { to: 'romeo@localhost/desk' }, xml('event', { xmlns: 'urn:x' }));
    await s.settled();
    expect(copies(s.phone)).toEqual([]);
  });

  it('of a message to oneself are one', async () => {
    await using s = await scene();
    s.desk.message('romeo@localhost', 'chat', 'note');
    s.desk.message('romeo@localhost/phone', 'chat', 'direct');
    await s.settled();
    expect([copies(s.phone), s.phone.bodies().filter(Boolean)]).toEqual([['received note'], ['direct']]);
  });

  it('end when they are disabled, and nobody enables another’s', async () => {
    await using s = await scene();
    await s.phone.ask('set', undefined, xml('disable', { xmlns: CARBONS }));
    await expect(s.juliet.ask('set', 'romeo@localhost', xml('enable', { xmlns: CARBONS }))).rejects.toMatchObject({
      condition: 'service-unavailable',
    });
    s.juliet.message('romeo@localhost/desk', 'chat', 'x');
    await s.settled();
    expect([copies(s.phone), copies(s.juliet)]).toEqual([[], []]);
  });
});
