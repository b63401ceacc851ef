import { connect } from 'node:net';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { connectComponent, xml, type Connection, type Element } from '@nestanza/xmpp';
import { Raw } from './raw.js';
import { World } from './world.js';

const DOMAIN = 'irc.localhost';
const components = { [DOMAIN]: 'secret' };

async function connected(world: World, received: Element[] = []): Promise<Connection & AsyncDisposable> {
  const connection = connectComponent({
    domain: DOMAIN,
    secret: 'secret',
    transport: () => world.server.connectComponent(),
  });
  connection.onStanza((stanza) => void received.push(stanza));
  await connection.start();
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.stop() });
}

async function raw(world: World, secret = 'secret'): Promise<Raw> {
  const component = new Raw(connect(world.server.componentAddress!)).write(
    `<stream:stream to='${DOMAIN}' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>`,
  );
  const [, id] = /id='([^']+)'/.exec(await component.until(/<stream:stream [^>]*>/))!;
  return component.write(`<handshake>${createHash('sha1').update(`${id}${secret}`).digest('hex')}</handshake>`);
}

describe('an external component', () => {
  it('talks with accounts, under every address of its domain', async () => {
    await using world = await World.open({ components });
    const received: Element[] = [];
    await using component = await connected(world, received);
    const romeo = await world.login('romeo@localhost/r');
    await romeo.available();
    romeo.message(`#verona@${DOMAIN}`, 'groupchat', 'hello');
    component.send(xml('message', { xmlns: 'jabber:client', from: `nurse@${DOMAIN}/x`, to: 'romeo@localhost' }));
    await romeo.until((stanza) => stanza.attr('from') === `nurse@${DOMAIN}/x`);
    await romeo.settled();
    expect(received.map((stanza) => [stanza.attr('from'), stanza.attr('to'), stanza.childText('body')])).toEqual([
      ['romeo@localhost/r', `#verona@${DOMAIN}`, 'hello'],
    ]);
    const items = await romeo.ask(
      'get',
      'localhost',
      xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' }),
    );
    expect(
      items
        .elements()[0]!
        .elements()
        .map((item) => item.attr('jid')),
    ).toContain(DOMAIN);
  });

  it('is answered for what it asks, also beside others of its name', async () => {
    await using world = await World.open({ components });
    await using first = await connected(world);
    await using second = await connected(world);
    const ping = xml(
      'iq',
      { xmlns: 'jabber:client', type: 'get', to: 'localhost' },
      xml('ping', { xmlns: 'urn:xmpp:ping' }),
    );
    for (const component of [first, second, first, second]) await component.request(ping, { timeout: '2s' });
  });

  it('shares its work with others of its name by sender, and each sender keeps to one', async () => {
    await using world = await World.open({ components });
    const received: Element[][] = [[], [], []];
    await using first = await connected(world, received[0]);
    await using second = await connected(world, received[1]);
    await using third = await connected(world, received[2]);
    const people = await Promise.all(
      ['romeo', 'juliet', 'mercutio', 'orders'].flatMap((name) =>
        ['a', 'b'].map((resource) => world.login(`${name}@localhost/${resource}`)),
      ),
    );
    for (const person of people) for (const body of ['1', '2', '3']) person.message(DOMAIN, 'chat', body);
    for (const person of people) await person.settled();
    expect([first, second, third].map(({ status }) => status.state)).toEqual(['online', 'online', 'online']);
    const senders = received.map((stanzas) => new Set(stanzas.map((stanza) => stanza.attr('from')!.split('/')[0])));
    expect(received.flat()).toHaveLength(24);
    expect(senders.reduce((sum, each) => sum + each.size, 0)).toBe(4);
  });

  it('that is not there is said to be unavailable, for now', async () => {
    await using world = await World.open({ components });
    const romeo = await world.login('romeo@localhost/r');
    await expect(romeo.ask('get', DOMAIN, xml('ping', { xmlns: 'urn:xmpp:ping' }))).rejects.toMatchObject({
      condition: 'service-unavailable',
      type: 'wait',
    });
  });

  it('needs the secret', async () => {
    await using world = await World.open({ components, componentPort: 0 });
    const liar = await raw(world, 'guess');
    await liar.until('<not-authorized');
    await liar.closed();
  });

  it('loses its stream when it speaks for others', async () => {
    await using world = await World.open({ components, componentPort: 0 });
    const juliet = await world.login('juliet@localhost/j');
    for (const from of ['romeo@localhost', 'localhost', 'pubsub.localhost', 'evil.irc.localhost', '', '@']) {
      const liar = await raw(world);
      await liar.until('<handshake');
      liar.write(`<message from='${from}' to='juliet@localhost/j'><body>lie</body></message>`);
      await liar.until('<invalid-from');
      await liar.closed();
    }
    await juliet.settled();
    expect(juliet.received).toEqual([]);
  });

  it('is told what is wrong with a stanza, and goes on', async () => {
    await using world = await World.open({ components, componentPort: 0 });
    const component = await raw(world);
    await component.until('<handshake');
    component.write(`<message from='a@${DOMAIN}' id='1'><body>to nobody</body></message>`);
    expect(await component.until('</message>')).toContain('<bad-request');
    component.write(`<iq type='get' id='2' from='${DOMAIN}' to='a b@c'><ping xmlns='urn:xmpp:ping'/></iq>`);
    expect(await component.until('</iq>')).toContain('<jid-malformed');
    component.destroy();
  });

  it('cannot have the domain of the server', async () => {
    await expect(World.open({ components: { localhost: 'secret' } })).rejects.toMatchObject({
      code: 'NST_SERVER_COMPONENT',
    });
  });
});
