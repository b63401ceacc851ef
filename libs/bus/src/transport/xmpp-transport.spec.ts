import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { type Element, Jid, NS_PUBSUB, NS_PUBSUB_EVENT, NS_RSM, StanzaError, xml } from '@nestanza/xmpp';
import { HandClock } from '../hand-clock.fixture.js';
import { confirmed, ScriptedConnection } from '../scripted-connection.fixture.js';
import { XmppTransport } from './xmpp-transport.js';

const node = { kind: 'pubsub', service: undefined, name: 'stock' } as const;

function setUp() {
  const [connection, clock] = [new ScriptedConnection(), new HandClock()];
  connection.answer = () => confirmed();
  const address = Jid.parse('inventory@localhost');
  const transport = new XmppTransport({ connection, address, log: silentLog, clock });
  const online = () => connection.move({ state: 'online', jid: connection.jid, resumed: false });
  const told: string[] = [];
  const listener = { onItem: ({ id }: { id: string }) => told.push(id), onSubscribed: () => told.push('subscribed') };
  return { connection, clock, transport, online, told, listener };
}

const notification = (service: string, ...ids: string[]) =>
  xml(
    'message',
    { xmlns: 'jabber:client', from: service },
    xml(
      'event',
      { xmlns: NS_PUBSUB_EVENT },
      xml(
        'items',
        { node: 'stock' },
        ids.map((id) => xml('item', { id })),
      ),
    ),
  );
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a subscription', () => {
  it('is made for the bare JID on every stream, and says so once a stream', async () => {
    const { connection, transport, online, told, listener } = setUp();
    transport.subscribe(node, listener);
    online();
    await settle();
    online();
    await settle();
    expect(told).toEqual(['subscribed', 'subscribed']);
    const subscribe = connection.requests[0]!.child('pubsub', NS_PUBSUB)?.child('subscribe');
    expect(subscribe?.attributes).toMatchObject({ node: 'stock', jid: 'inventory@localhost' });
  });

  it('holds what comes before it stands, and believes nobody but the service', async () => {
    const { connection, transport, online, told, listener } = setUp();
    transport.subscribe(node, listener);
    online();
    connection.receive(notification('pubsub.localhost', 'a', 'b'));
    connection.receive(notification('eve@localhost', 'forged'));
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual(['subscribed', 'a', 'b']);
  });

  it('waits for a node that does not exist yet, is shown waiting, and takes it when it is there', async () => {
    const { connection, clock, transport, online, told, listener } = setUp();
    connection.answer = () => {
      throw new StanzaError('item-not-found');
    };
    transport.subscribe(node, listener);
    online();
    await settle();
    expect(transport.waiting()).toEqual(['pubsub://pubsub.localhost/stock']);
    connection.answer = () => confirmed();
    clock.pass(250);
    await settle();
    expect(told).toEqual(['subscribed']);
    expect(transport.waiting()).toEqual([]);
  });

  it('tells a later listener that it stands already', async () => {
    const { transport, online, listener, told } = setUp();
    online();
    transport.subscribe(node, { onItem: () => undefined, onSubscribed: () => undefined });
    await settle();
    transport.subscribe(node, listener);
    await settle();
    expect(told).toEqual(['subscribed']);
  });
});

describe('the items of a node', () => {
  const items = (...ids: string[]) =>
    xml(
      'items',
      { node: 'stock' },
      ids.map((id) => xml('item', { id })),
    );
  const answer = (...children: Element[]) =>
    xml('iq', { xmlns: 'jabber:client', type: 'result' }, xml('pubsub', { xmlns: NS_PUBSUB }, children));

  it('come newest first, by the cursor of the service', async () => {
    const { connection, transport, online } = setUp();
    online();
    connection.answer = (iq) => {
      const before = iq.child('pubsub', NS_PUBSUB)?.child('set', NS_RSM)?.childText('before');
      const first = (cursor: string, index: number) =>
        xml('set', { xmlns: NS_RSM }, xml('first', { index }, cursor), xml('last', {}, 'z'));
      return before === '' ? answer(items('b', 'c'), first('cursor-b', 1)) : answer(items('a'), first('cursor-a', 0));
    };
    const page = await transport.items(node, { max: 2 });
    expect(page).toMatchObject({ items: [{ id: 'c' }, { id: 'b' }], older: 'cursor-b' });
    expect(await transport.items(node, { max: 2, older: page.older })).toMatchObject({
      items: [{ id: 'a' }],
      older: undefined,
    });
  });

  it('come by a growing window where the service ignores result sets', async () => {
    const { connection, transport, online } = setUp();
    online();
    const all = ['a', 'b', 'c', 'd', 'e'];
    connection.answer = (iq) => {
      const max = iq.child('pubsub', NS_PUBSUB)?.child('items')?.attr('max_items');
      return answer(items(...(max === undefined ? all : all.slice(-Number(max)))));
    };
    const seen: string[] = [];
    let older: string | undefined;
    do {
      const page = await transport.items(node, { max: 2, older });
      seen.push(...page.items.map(({ id }) => id));
      older = page.older;
    } while (older !== undefined);
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });
});

describe('a direct message', () => {
  it('is confirmed by the answer to one ping behind all messages of a tick', async () => {
    const { connection, transport, online } = setUp();
    online();
    const message = xml('message', { xmlns: 'jabber:client', to: 'ada@localhost' });
    await Promise.all([transport.sendMessage(message), transport.sendMessage(message)]);
    expect(connection.sent).toHaveLength(2);
    expect(connection.requests).toHaveLength(1);
  });
});
