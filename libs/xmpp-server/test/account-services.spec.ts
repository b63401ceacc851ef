import { describe, expect, it } from '@jest/globals';
import { xml, type Element } from '@nestanza/xmpp';
import { refusal } from './pubsub-client.js';
import { World, type Person } from './world.js';

const vcard = (...children: Element[]) => xml('vCard', { xmlns: 'vcard-temp' }, children);
const last = xml('query', { xmlns: 'jabber:iq:last' });

async function seconds(person: Person, to?: string): Promise<[number, string]> {
  const [query] = (await person.ask('get', to, last)).elements();
  return [Number(query!.attr('seconds')), query!.text];
}

describe('the server', () => {
  it('tells the time (XEP-0202), its uptime (XEP-0012) and who runs it (XEP-0157)', async () => {
    await using world = await World.open({
      contacts: { abuse: ['mailto:abuse@example.org', 'xmpp:a@localhost'], admin: [] },
    });
    const romeo = await world.login('romeo@localhost/r');
    const time = (await romeo.ask('get', 'localhost', xml('time', { xmlns: 'urn:xmpp:time' }))).elements()[0]!;
    expect(Math.abs(Date.parse(time.childText('utc')!) - Date.now())).toBeLessThan(5_000);
    expect(time.childText('tzo')).toBe('+00:00');
    expect((await seconds(romeo, 'localhost'))[0]).toBeLessThan(10);
    const info = await romeo.ask('get', 'localhost', xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }));
    const form = info.elements()[0]!.child('x', 'jabber:x:data')!;
    expect(
      form.elements('field').map((field) => [field.attr('var'), ...field.elements('value').map(({ text }) => text)]),
    ).toEqual([
      ['FORM_TYPE', 'http://jabber.org/network/serverinfo'],
      ['abuse-addresses', 'mailto:abuse@example.org', 'xmpp:a@localhost'],
    ]);
  });
});

describe('vcard-temp (XEP-0054)', () => {
  it('is read by anybody and written by its account alone', async () => {
    await using world = await World.open();
    const [romeo, juliet] = [await world.login('romeo@localhost/r'), await world.login('juliet@localhost/j')];
    expect((await romeo.ask('get', undefined, vcard())).elements()[0]!.children).toEqual([]);
    await romeo.ask('set', undefined, vcard(xml('FN', {}, 'Romeo <Montague>')));
    const [card] = (await juliet.ask('get', 'romeo@localhost', vcard())).elements();
    expect(card!.childText('FN')).toBe('Romeo <Montague>');
    expect(await refusal(juliet.ask('set', 'romeo@localhost', vcard()))).toBe('auth forbidden');
    for (const to of ['mercutio@localhost', 'nobody@localhost'])
      expect(await refusal(juliet.ask('get', to, vcard()))).toBe('cancel item-not-found');
    const large = vcard(xml('PHOTO', {}, 'x'.repeat(140_000)));
    expect(await refusal(romeo.ask('set', undefined, large))).toBe('modify not-acceptable');
  });
});

describe('private storage (XEP-0049)', () => {
  const query = (...children: Element[]) => xml('query', { xmlns: 'jabber:iq:private' }, children);

  it('keeps one document a name and namespace, for its account alone', async () => {
    await using world = await World.open({ limits: { accountDocuments: 3 } });
    const [romeo, juliet] = [await world.login('romeo@localhost/r'), await world.login('juliet@localhost/j')];
    const wanted = xml('prefs', { xmlns: 'urn:a' });
    const read = async () => (await romeo.ask('get', undefined, query(wanted))).elements()[0]!.elements()[0]!;
    expect((await read()).children).toEqual([]);
    for (const text of ['one', 'two']) await romeo.ask('set', undefined, query(xml('prefs', { xmlns: 'urn:a' }, text)));
    expect((await read()).text).toBe('two');
    expect(await refusal(juliet.ask('get', 'romeo@localhost', query(wanted)))).toBe('auth forbidden');
    expect(await refusal(romeo.ask('get', undefined, query()))).toBe('modify bad-request');
    expect(await refusal(romeo.ask('set', undefined, query(xml('x', {}))))).toBe('modify bad-request');
    for (const xmlns of ['urn:b', 'urn:c']) await romeo.ask('set', undefined, query(xml('prefs', { xmlns }, 'x')));
    const more = query(xml('prefs', { xmlns: 'urn:d' }, 'x'));
    expect(await refusal(romeo.ask('set', undefined, more))).toBe('wait resource-constraint');
    await romeo.ask('set', undefined, query(xml('prefs', { xmlns: 'urn:b' })));
    await romeo.ask('set', undefined, more);
  });
});

describe('last activity (XEP-0012)', () => {
  it('is told to those who may see the presence, with the last words', async () => {
    await using world = await World.open();
    const [romeo, juliet] = [await world.login('romeo@localhost/r'), await world.login('juliet@localhost/j')];
    await romeo.available();
    await juliet.available();
    expect(await refusal(romeo.ask('get', 'juliet@localhost', last))).toBe('auth forbidden');
    expect(await refusal(romeo.ask('get', 'nobody@localhost', last))).toBe('auth forbidden');
    romeo.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    await juliet.until((stanza) => stanza.attr('type') === 'subscribe');
    juliet.send('presence', { to: 'romeo@localhost', type: 'subscribed' });
    await romeo.until((stanza) => stanza.attr('from') === 'juliet@localhost/j');
    expect(await seconds(romeo, 'juliet@localhost')).toEqual([0, '']);
    juliet.send('presence', { type: 'unavailable' }, xml('status', {}, 'to bed'));
    await juliet.settled();
    const [away, words] = await seconds(romeo, 'juliet@localhost');
    expect([away < 5, words]).toEqual([true, 'to bed']);
  });
});
