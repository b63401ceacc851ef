import { describe, expect, it } from '@jest/globals';
import { submitForm, xml, type Element } from '@nestanza/xmpp';
import { refusal, rsm } from './pubsub-client.js';
import { World, type Person } from './world.js';

const MAM = 'urn:xmpp:mam:2';
const SID = 'urn:xmpp:sid:0';

async function page(person: Person, filter: Record<string, string> = {}, ...set: Element[]) {
  const before = person.received.length;
  const form = submitForm(MAM, filter);
  const query = xml('query', { xmlns: MAM, queryid: 'q' }, form, set);
  const [fin] = (await person.ask('set', undefined, query)).elements();
  const results = person.received.slice(before).flatMap((stanza) => {
    const result = stanza.child('result', MAM);
    return result === undefined ? [] : [{ from: stanza.attr('from'), result }];
  });
  const messages = results.map(({ result }) => result.child('forwarded', 'urn:xmpp:forward:0')!);
  const paging = fin!.child('set', 'http://jabber.org/protocol/rsm')!;
  return {
    bodies: messages.map((forwarded) => forwarded.child('message', 'jabber:client')!.childText('body')),
    ids: results.map(({ result }) => result.attr('id')!),
    from: new Set(results.map(({ from }) => from)),
    stamps: messages.map((forwarded) => forwarded.child('delay', 'urn:xmpp:delay')!.attr('stamp')!),
    complete: fin!.attr('complete') === 'true',
    first: paging.childText('first'),
    last: paging.childText('last'),
    count: paging.childText('count'),
  };
}

async function scene() {
  const world = await World.open();
  const [romeo, juliet] = [await world.login('romeo@localhost/r'), await world.login('juliet@localhost/j')];
  await romeo.available();
  await juliet.available();
  return {
    world,
    romeo,
    juliet,
    settled: async () => {
      await romeo.settled();
      await juliet.settled();
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

describe('the message archive (XEP-0313)', () => {
  it('begins when it is first asked for, and holds both sides of conversations', async () => {
    await using s = await scene();
    s.romeo.message('juliet@localhost', 'chat', 'before');
    await s.settled();
    expect((await page(s.juliet)).bodies).toEqual([]);
    s.romeo.message('juliet@localhost', 'chat', 'hello');
    await s.settled();
    s.juliet.message('romeo@localhost/r', 'chat', 'good day');
    await s.settled();
    const all = await page(s.juliet);
    expect([all.bodies, all.complete, all.count]).toEqual([['hello', 'good day'], true, '2']);
    expect([...all.from]).toEqual(['juliet@localhost']);
    const heard = s.juliet.received.find((stanza) => stanza.childText('body') === 'hello')!;
    expect(heard.child('stanza-id', SID)!.attributes).toMatchObject({ by: 'juliet@localhost', id: all.ids[0] });
    expect((await page(s.romeo)).bodies).toEqual([]);
  });

  it('keeps what waits for an account once, under the id that is delivered', async () => {
    await using s = await scene();
    await page(s.juliet);
    await s.juliet.connection.stop();
    s.romeo.message('juliet@localhost', 'chat', 'later');
    await s.romeo.settled();
    const again = await s.world.login('juliet@localhost/k');
    await again.available();
    const heard = await again.until((stanza) => stanza.childText('body') === 'later');
    const all = await page(again);
    expect(all.bodies).toEqual(['later']);
    expect(heard.child('stanza-id', SID)!.attr('id')).toBe(all.ids[0]);
  });

  it('is read in pages, by contact and by time', async () => {
    await using s = await scene();
    await page(s.romeo);
    for (const body of ['a', 'b', 'c', 'd', 'e']) s.romeo.message('juliet@localhost', 'chat', body);
    s.romeo.message('mercutio@localhost', 'chat', 'f');
    await s.settled();
    const max = xml('max', {}, '2');
    const newest = await page(s.romeo, {}, rsm(max, xml('before')));
    expect([newest.bodies, newest.complete, newest.count]).toEqual([['e', 'f'], false, '6']);
    const older = await page(s.romeo, {}, rsm(max, xml('before', {}, newest.first!)));
    expect(older.bodies).toEqual(['c', 'd']);
    expect((await page(s.romeo, {}, rsm(max, xml('before', {}, older.first!)))).complete).toBe(true);
    expect((await page(s.romeo, {}, rsm(max, xml('after', {}, older.last!)))).bodies).toEqual(['e', 'f']);
    expect((await page(s.romeo, { with: 'mercutio@localhost' })).bodies).toEqual(['f']);
    expect((await page(s.romeo, { with: 'juliet@localhost/other' })).bodies).toEqual([]);
    const all = await page(s.romeo);
    expect((await page(s.romeo, { start: new Date(Date.now() + 60_000).toISOString() })).bodies).toEqual([]);
    expect((await page(s.romeo, { start: all.stamps[0]! })).bodies).toHaveLength(6);
  });

  it('refuses what it cannot do', async () => {
    await using s = await scene();
    expect(await refusal(page(s.romeo, {}, rsm(xml('after', {}, 'nothing'))))).toBe('cancel item-not-found');
    expect(await refusal(page(s.romeo, { colour: 'red' }))).toBe('cancel feature-not-implemented');
    expect(await refusal(page(s.romeo, { start: 'yesterday' }))).toBe('modify bad-request');
    expect(await refusal(page(s.romeo, { with: 'a b@c' }))).toBe('modify jid-malformed');
    expect(await refusal(s.romeo.ask('set', 'juliet@localhost', xml('query', { xmlns: MAM })))).toBe(
      'cancel service-unavailable',
    );
  });

  it('holds no groups, news, errors, or what asks not to be kept, and lets nobody forge its ids', async () => {
    await using s = await scene();
    await page(s.juliet);
    const send = (type: string, ...children: Element[]) =>
      s.romeo.send('message', { to: 'juliet@localhost/j', type }, xml('body', {}, type), ...children);
    for (const type of ['groupchat', 'headline', 'error']) send(type);
    send('chat', xml('no-store', { xmlns: 'urn:xmpp:hints' }));
    send('chat', xml('stanza-id', { xmlns: SID, by: 'juliet@localhost', id: 'forged' }));
    s.romeo.send(
      'message',
      { to: 'juliet@localhost/j', type: 'chat' },
      xml('composing', { xmlns: 'http://jabber.org/protocol/chatstates' }),
    );
    await s.settled();
    const all = await page(s.juliet);
    expect(all.bodies).toEqual(['chat']);
    expect(all.ids).not.toContain('forged');
  });

  it('follows its account’s preferences (XEP-0441)', async () => {
    await using s = await scene();
    const prefs = (attributes: Record<string, string>, ...never: string[]) =>
      xml(
        'prefs',
        { xmlns: MAM, ...attributes },
        xml('always'),
        xml(
          'never',
          {},
          never.map((jid) => xml('jid', {}, jid)),
        ),
      );
    await s.juliet.ask('set', undefined, prefs({ default: 'always' }, 'romeo@localhost'));
    s.romeo.message('juliet@localhost', 'chat', 'secret');
    await s.settled();
    await s.juliet.ask('set', undefined, prefs({ default: 'never' }));
    const [now] = (await s.juliet.ask('get', undefined, xml('prefs', { xmlns: MAM }))).elements();
    expect(now!.attr('default')).toBe('never');
    s.romeo.message('juliet@localhost', 'chat', 'secret too');
    await s.settled();
    expect((await page(s.juliet)).bodies).toEqual([]);
    expect(await refusal(s.juliet.ask('set', undefined, prefs({ default: 'roster' })))).toBe(
      'cancel feature-not-implemented',
    );
  });
});
