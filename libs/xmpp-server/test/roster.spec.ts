import { describe, expect, it } from '@jest/globals';
import { StanzaError, xml, type Element } from '@nestanza/xmpp';
import { type Person, World } from './world.js';

const ROSTER = 'jabber:iq:roster';

function query(...items: Element[]): Element {
  return xml('query', { xmlns: ROSTER }, items);
}

async function roster(person: Person, ver?: string): Promise<Element | undefined> {
  const result = await person.ask('get', undefined, xml('query', { xmlns: ROSTER, ver }));
  return result.child('query', ROSTER);
}

async function contacts(person: Person): Promise<string[]> {
  return (await roster(person))!
    .elements('item')
    .map((item) => `${item.attr('jid')} ${item.attr('subscription')} ${item.attr('ask') ?? ''}`.trim());
}

function pushes(person: Person): string[] {
  const seen: string[] = [];
  person.connection.onIq('set', { name: 'query', xmlns: ROSTER }, (iq) => {
    const item = iq.child('query', ROSTER)!.child('item')!;
    seen.push(`${item.attr('jid')} ${item.attr('subscription')}${item.attr('ask') === undefined ? '' : ' asked'}`);
    return undefined;
  });
  return seen;
}

async function conditionOf(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof StanzaError ? error.condition : String(error);
}

describe('a roster', () => {
  it('is pushed to sessions that asked for it, and to no other', async () => {
    await using world = await World.open();
    const asked = await world.login('romeo@localhost/asked');
    const other = await world.login('romeo@localhost/other');
    const [heard, unheard] = [pushes(asked), pushes(other)];
    await roster(asked);
    await asked.ask(
      'set',
      undefined,
      query(xml('item', { jid: 'juliet@localhost', name: 'J' }, xml('group', {}, 'Friends'))),
    );
    await asked.settled();
    await other.settled();
    expect([heard, unheard]).toEqual([['juliet@localhost none'], []]);
    await asked.ask('set', undefined, query(xml('item', { jid: 'juliet@localhost', subscription: 'remove' })));
    await asked.settled();
    expect(heard).toEqual(['juliet@localhost none', 'juliet@localhost remove']);
  });

  it('of a known version is not sent again', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost');
    await romeo.ask('set', undefined, query(xml('item', { jid: 'juliet@localhost' })));
    const ver = (await roster(romeo))!.attr('ver');
    expect(await roster(romeo, ver)).toBeUndefined();
    await romeo.ask('set', undefined, query(xml('item', { jid: 'juliet@localhost', name: 'J' })));
    expect((await roster(romeo, ver))!.elements()).toHaveLength(1);
  });

  it('is refused to strangers, and refuses what makes no sense', async () => {
    await using world = await World.open({ limits: { rosterItems: 1 } });
    const romeo = await world.login('romeo@localhost');
    const set = (...items: Element[]) => conditionOf(romeo.ask('set', undefined, query(...items)));
    const item = (jid: string | undefined, ...groups: string[]) =>
      xml(
        'item',
        { jid },
        groups.map((group) => xml('group', {}, group)),
      );
    expect(await conditionOf(romeo.ask('get', 'juliet@localhost', query()))).toBe('service-unavailable');
    expect(await set(item('a@localhost'), item('b@localhost'))).toBe('bad-request');
    expect(await set(item(undefined))).toBe('bad-request');
    expect(await set(item('@'))).toBe('jid-malformed');
    expect(await set(item('romeo@localhost/x'))).toBe('not-allowed');
    expect(await set(item('a@localhost', 'x', 'x'))).toBe('bad-request');
    expect(await set(item('a@localhost', ''))).toBe('not-acceptable');
    expect(await set(xml('item', { jid: 'a@localhost', subscription: 'remove' }))).toBe('item-not-found');
    expect(await set(item('a@localhost'))).toBe('undefined');
    expect(await set(item('b@localhost'))).toBe('resource-constraint');
  });
});

describe('subscriptions to presence', () => {
  it('are asked for, granted, seen and ended', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost/a');
    const juliet = await world.login('juliet@localhost/b');
    const [toRomeo, toJuliet] = [pushes(romeo), pushes(juliet)];
    for (const person of [romeo, juliet]) {
      await roster(person);
      await person.available();
    }
    romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    const request = await juliet.until((stanza) => stanza.attr('type') === 'subscribe');
    expect(request.attr('from')).toBe('romeo@localhost');
    juliet.send('presence', { to: 'romeo@localhost', type: 'subscribed' });
    await romeo.until((stanza) => stanza.attr('from') === 'juliet@localhost/b');
    expect(await contacts(romeo)).toEqual(['juliet@localhost to']);
    expect(await contacts(juliet)).toEqual(['romeo@localhost from']);
    expect(toRomeo).toEqual(['juliet@localhost none asked', 'juliet@localhost to']);
    expect(toJuliet).toEqual(['romeo@localhost from']);

    juliet.send('presence', { to: 'romeo@localhost', type: 'unsubscribed' });
    await romeo.until((stanza) => stanza.attr('type') === 'unavailable');
    expect(await contacts(romeo)).toEqual(['juliet@localhost none']);
    expect(await contacts(juliet)).toEqual(['romeo@localhost none']);
  });

  it('wait for an account that is away, whole, and are asked again at each login until answered', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost/a');
    await romeo.available();
    romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' }, xml('status', {}, 'It is me'));
    await romeo.settled();
    for (const resource of ['one', 'two']) {
      const juliet = await world.login(`juliet@localhost/${resource}`);
      await juliet.available();
      const request = await juliet.until((stanza) => stanza.attr('type') === 'subscribe');
      expect(request.childText('status')).toBe('It is me');
      expect(await contacts(juliet)).toEqual([]);
    }
  });

  it('reach an account that did not exist when they were made, at its first login', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost/a');
    await romeo.available();
    romeo.send('presence', { to: 'nurse@localhost', type: 'subscribe' });
    await romeo.settled();
    await world.server.users.create('nurse', 'secret');
    const nurse = await world.login('nurse@localhost/n');
    await nurse.available(-1);
    const request = await nurse.until((stanza) => stanza.attr('type') === 'subscribe');
    expect(request.attr('from')).toBe('romeo@localhost');
    nurse.send('presence', { to: 'romeo@localhost', type: 'subscribed' });
    await romeo.until((stanza) => stanza.attr('from') === 'nurse@localhost/n');
  });

  it('show who is there at login, and who goes without a word', async () => {
    await using world = await World.open();
    const orders = await world.login('orders@localhost/a');
    orders.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    await orders.settled();
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    juliet.send('presence', { to: 'orders@localhost', type: 'subscribed' });
    await juliet.settled();
    await orders.available();
    await orders.until((stanza) => stanza.attr('from') === 'juliet@localhost/b');
    await juliet.connection.stop();
    await orders.until(
      (stanza) => stanza.attr('from') === 'juliet@localhost/b' && stanza.attr('type') === 'unavailable',
    );
  });

  it('show nothing to who is not subscribed: a forged grant and a probe are of no use', async () => {
    await using world = await World.open();
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    const mercutio = await world.login('mercutio@localhost/c');
    await mercutio.available();
    mercutio.send('presence', { to: 'juliet@localhost', type: 'subscribed' });
    mercutio.send('presence', { to: 'juliet@localhost', type: 'probe' });
    await mercutio.settled();
    await juliet.settled();
    expect(mercutio.presences()).toEqual(['mercutio@localhost/c available']);
    expect(await contacts(juliet)).toEqual([]);
  });

  it('are not needed for directed presence, which ends with the session', async () => {
    await using world = await World.open();
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    const romeo = await world.login('romeo@localhost/a');
    romeo.send('presence', { to: 'juliet@localhost/b' });
    await juliet.until((stanza) => stanza.attr('from') === 'romeo@localhost/a');
    await romeo.connection.stop();
    await juliet.until(
      (stanza) => stanza.attr('from') === 'romeo@localhost/a' && stanza.attr('type') === 'unavailable',
    );
  });

  it('end when the contact is removed', async () => {
    await using world = await World.open();
    const [romeo, juliet] = [await world.login('romeo@localhost/a'), await world.login('juliet@localhost/b')];
    for (const person of [romeo, juliet]) await person.available();
    romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    await juliet.until((stanza) => stanza.attr('type') === 'subscribe');
    juliet.send('presence', { to: 'romeo@localhost', type: 'subscribed' });
    await romeo.until((stanza) => stanza.attr('from') === 'juliet@localhost/b');
    await juliet.ask('set', undefined, query(xml('item', { jid: 'romeo@localhost', subscription: 'remove' })));
    await romeo.until((stanza) => stanza.attr('type') === 'unavailable');
    expect(await contacts(romeo)).toEqual(['juliet@localhost none']);
  });
});
