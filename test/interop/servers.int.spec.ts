import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectClient, xml, type Connection, type Element } from '@nestanza/xmpp';
import { poll } from '../support/poll.js';
import { startEjabberd } from './servers/ejabberd.js';
import { type ForeignServer } from './servers/foreign-server.js';
import { startProsody } from './servers/prosody.js';

const PUBSUB = 'http://jabber.org/protocol/pubsub';
const EVENT = 'http://jabber.org/protocol/pubsub#event';
const JSON_CONTAINER = 'urn:xmpp:json:0';

function login({ host, port, domain, ca, accounts }: ForeignServer, account: string, password?: string): Connection {
  const jid = `${account}@${domain}`;
  return connectClient({ jid, password: password ?? accounts[account]!, host, port, tls: { ca } });
}

async function online(server: ForeignServer, account: string): Promise<Connection & AsyncDisposable> {
  const connection = login(server, account);
  await connection.start();
  connection.send(xml('presence', { xmlns: 'jabber:client' }));
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.stop() });
}

const pubsub = (connection: Connection, request: Element): Promise<Element> => {
  const to = `pubsub.${connection.jid!.domain}`;
  const payload = xml('pubsub', { xmlns: PUBSUB }, request);
  return connection.request(xml('iq', { xmlns: 'jabber:client', type: 'set', to }, payload), { timeout: '10s' });
};

const itemOf = (text: string): Element => xml('item', { id: 'first' }, xml('json', { xmlns: JSON_CONTAINER }, text));

describe.each([
  ['Prosody', startProsody],
  ['ejabberd', startEjabberd],
] as const)('our client at %s as Debian ships it', (_, start) => {
  let server: ForeignServer;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(async () => server[Symbol.asyncDispose]());

  it('logs in, publishes, and is notified of an item as it was published', async () => {
    await using publisher = await online(server, 'admin');
    await using subscriber = await online(server, 'juliet');
    const received: Element[] = [];
    subscriber.onStanza((stanza) => void received.push(stanza));

    await pubsub(publisher, xml('create', { node: 'orders/placed' }));
    const jid = subscriber.jid!.bare().toString();
    await pubsub(subscriber, xml('subscribe', { node: 'orders/placed', jid }));
    const text = JSON.stringify({ text: 'naïve <tea> & "biscuits" ]]> 🫖' });
    await pubsub(publisher, xml('publish', { node: 'orders/placed' }, itemOf(text)));

    const notified = () =>
      received
        .map((stanza) => stanza.child('event', EVENT)?.child('items')?.child('item'))
        .find((item) => item?.attr('id') === 'first');
    const item = await poll(notified, { within: 10_000, what: 'the notification' });
    expect(item.childText('json', JSON_CONTAINER)).toBe(text);
  });

  it('is told so, for good, when its password is wrong', async () => {
    const connection = login(server, 'romeo', 'another secret');
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_AUTH' });
    await connection.stop();
  });

  it('goes no further with a server whose certificate it does not trust', async () => {
    const connection = connectClient({ ...server, jid: 'romeo@localhost', password: server.accounts['romeo']! });
    await expect(connection.start()).rejects.toMatchObject({ code: 'NST_XMPP_CERTIFICATE' });
    await connection.stop();
  });
});
