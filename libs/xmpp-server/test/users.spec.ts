import { describe, expect, it } from '@jest/globals';
import { connectClient, StanzaError, xml } from '@nestanza/xmpp';
import { World } from './world.js';

const PUBSUB = 'http://jabber.org/protocol/pubsub';

describe('accounts of people', () => {
  it('are created, listed and let in by their password alone', async () => {
    await using world = await World.open({ accounts: {} });
    const { users } = world.server;
    await users.create('Juliet', 'secret');
    expect(await users.list()).toEqual(['juliet']);
    await world.login('juliet@localhost/b');
    const wrong = connectClient({
      jid: 'juliet@localhost',
      password: 'wrong',
      transport: () => world.server.connect(),
    });
    await expect(wrong.start()).rejects.toMatchObject({ code: expect.stringMatching(/^NST_XMPP_/) });
    await wrong.stop();
  });

  it('have valid names, once each', async () => {
    await using world = await World.open({ accounts: {} });
    const { users } = world.server;
    await users.create('juliet', 'secret');
    await expect(users.create('JULIET', 'other')).rejects.toMatchObject({ code: 'NST_SERVER_USER_EXISTS' });
    for (const name of ['', 'a@b', 'a b'])
      await expect(users.create(name, 'x')).rejects.toMatchObject({ code: 'NST_SERVER_USER_NAME' });
    await expect(users.create('romeo', '')).rejects.toMatchObject({ code: 'NST_SERVER_USER_NAME' });
    await expect(users.delete('nobody')).rejects.toMatchObject({ code: 'NST_SERVER_USER_UNKNOWN' });
  });

  it('are gone without a trace when deleted, and nobody takes their name again', async () => {
    await using world = await World.open({ accounts: { orders: 'secret' } });
    const { users } = world.server;
    await users.create('juliet', 'secret');
    const orders = await world.login('orders@localhost/o');
    await orders.available();
    await orders.ask('set', 'pubsub.localhost', xml('pubsub', { xmlns: PUBSUB }, xml('create', { node: 'n' })));
    const juliet = await world.login('juliet@localhost/b');
    await juliet.available();
    await juliet.ask(
      'set',
      'pubsub.localhost',
      xml('pubsub', { xmlns: PUBSUB }, xml('subscribe', { node: 'n', jid: 'juliet@localhost' })),
    );
    orders.send('presence', { to: 'juliet@localhost', type: 'subscribe' });
    await juliet.until((stanza) => stanza.attr('type') === 'subscribe');
    juliet.send('presence', { to: 'orders@localhost', type: 'subscribed' });
    await orders.until((stanza) => stanza.attr('from') === 'juliet@localhost/b');

    await users.delete('juliet');
    await orders.until(
      (stanza) => stanza.attr('from') === 'juliet@localhost/b' && stanza.attr('type') === 'unavailable',
    );
    orders.message('juliet@localhost', 'chat', 'are you there');
    await orders.settled();

    await expect(users.create('juliet', 'other')).rejects.toMatchObject({ code: 'NST_SERVER_USER_RESERVED' });
    await expect(users.delete('juliet')).rejects.toMatchObject({ code: 'NST_SERVER_USER_UNKNOWN' });
    await expect(world.login('juliet@localhost/b')).rejects.toMatchObject({ code: 'NST_XMPP_AUTH' });
    expect(await users.list()).toEqual(['orders']);
    const left = await orders.ask('get', undefined, xml('query', { xmlns: 'jabber:iq:roster' }));
    expect(
      left
        .elements()[0]!
        .elements()
        .map((item) => item.attr('subscription')),
    ).toEqual(['none']);
  });
});

describe('the server itself', () => {
  it('says what it is, which version, and answers pings', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost');
    const info = await romeo.ask('get', 'localhost', xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }));
    expect(
      info
        .elements()[0]!
        .elements('feature')
        .map((feature) => feature.attr('var')),
    ).toEqual([
      'http://jabber.org/protocol/disco#info',
      'http://jabber.org/protocol/disco#items',
      'jabber:iq:last',
      'jabber:iq:private',
      'jabber:iq:version',
      'msgoffline',
      'urn:xmpp:blocking',
      'urn:xmpp:carbons:2',
      'urn:xmpp:carbons:rules:0',
      'urn:xmpp:ping',
      'urn:xmpp:sid:0',
      'urn:xmpp:time',
      'vcard-temp',
    ]);
    const version = await romeo.ask('get', 'localhost', xml('query', { xmlns: 'jabber:iq:version' }));
    expect(version.elements()[0]!.childText('name')).toBe('Nestanza');
    for (const to of ['localhost', 'pubsub.localhost', 'romeo@localhost', 'nobody@localhost']) {
      await romeo.ask('get', to, xml('ping', { xmlns: 'urn:xmpp:ping' }));
    }
    const foreign = romeo.ask('get', 'far.example', xml('ping', { xmlns: 'urn:xmpp:ping' }));
    await expect(foreign).rejects.toBeInstanceOf(StanzaError);
  });
});
