import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection } from '../connection.js';
import { ConnectionWorld } from '../session/connection-world.fixture.js';
import { StanzaError } from '../stanza/stanza-error.js';
import type { Wire } from '../stream/wire.fixture.js';
import { xml } from '../xml/element.js';
import { callNative } from './native-rpc.js';
import { callRpc } from './xep-0009/rpc.js';
import { answerDiscoInfo, discoInfo, discoItems } from './xep-0030-disco.js';
import { formValue } from './xep-0004-forms.js';
import { publishItem, readItems, retractItem } from './xep-0060/items.js';
import {
  configureNode,
  createNode,
  deleteNode,
  purgeNode,
  readAffiliations,
  readNodeConfig,
  setAffiliations,
} from './xep-0060/nodes.js';
import { readSubscriptions, subscribe, unsubscribe } from './xep-0060/subscriptions.js';
import { answerPings, ping } from './xep-0199-ping.js';

let world: ConnectionWorld;
let connection: Connection;
let server: Wire;

beforeEach(async () => {
  world = new ConnectionWorld();
  ({ connection } = world);
  server = await world.online();
});
afterEach(() => world[Symbol.asyncDispose]());

const musings = { service: 'pubsub.a', node: 'musings' };
const form = (fields: string) =>
  `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#${fields}</value></field>`;

/** What the server hears inside the IQ, and the reply it gives. */
async function exchange(payload: string): Promise<string> {
  const [, to, id, heard] = (await server.hear(/<iq to='([^']+)' type='[a-z]+' id='([^']+)'>(.*?)<\/iq>/))!;
  server.say(`<iq type='result' from='${to}' id='${id}'>${payload}</iq>`);
  return heard!;
}

const pubsub = (content: string) => `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${content}</pubsub>`;
const owner = (content: string) => `<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'>${content}</pubsub>`;

describe('of a PubSub service', () => {
  it.each<[string, (c: Connection) => Promise<unknown>, string]>([
    ['a node, without an empty configuration', (c) => createNode(c, musings), pubsub("<create node='musings'/>")],
    [
      'a configured node',
      (c) =>
        createNode(c, musings, {
          config: { 'pubsub#max_items': 'max', 'pubsub#notify_delete': true, 'pubsub#title': undefined },
        }),
      pubsub(
        `<create node='musings'/><configure>${form('node_config')}<field var='pubsub#max_items'><value>max</value></field><field var='pubsub#notify_delete'><value>1</value></field></x></configure>`,
      ),
    ],
    [
      'another configuration',
      (c) => configureNode(c, musings, { config: { 'pubsub#persist_items': false } }),
      owner(
        `<configure node='musings'>${form('node_config')}<field var='pubsub#persist_items'><value>0</value></field></x></configure>`,
      ),
    ],
    ['the end of a node', (c) => deleteNode(c, musings), owner("<delete node='musings'/>")],
    ['an empty node', (c) => purgeNode(c, musings), owner("<purge node='musings'/>")],
    [
      'affiliations',
      (c) => setAffiliations(c, musings, { affiliations: new Map([['a@b', 'publisher']]) }),
      owner("<affiliations node='musings'><affiliation jid='a@b' affiliation='publisher'/></affiliations>"),
    ],
    [
      'an item, under conditions',
      (c) =>
        publishItem(c, musings, {
          id: '1',
          payload: xml('a', { xmlns: 'urn:a' }),
          publishOptions: { 'pubsub#persist_items': true },
        }),
      pubsub(
        `<publish node='musings'><item id='1'><a xmlns='urn:a'/></item></publish><publish-options>${form('publish-options')}<field var='pubsub#persist_items'><value>1</value></field></x></publish-options>`,
      ),
    ],
    [
      'the retraction of an item',
      (c) => retractItem(c, { ...musings, id: '1' }),
      pubsub("<retract node='musings' notify='1'><item id='1'/></retract>"),
    ],
    [
      'the silent retraction of an item',
      (c) => retractItem(c, { ...musings, id: '1' }, { notify: false }),
      pubsub("<retract node='musings'><item id='1'/></retract>"),
    ],
    [
      'the end of a subscription',
      (c) => unsubscribe(c, { ...musings, jid: 'a@b', subid: 's' }),
      pubsub("<unsubscribe node='musings' jid='a@b' subid='s'/>"),
    ],
  ])('asks for %s', async (_what, call, expected) => {
    const done = call(connection);
    expect(await exchange('')).toBe(expected);
    await done;
  });

  it.each([
    ['the id the service gave', undefined, pubsub("<publish node='musings'><item id='given'/></publish>"), 'given'],
    ['the id asked for, where the service does not repeat it', 'mine', '', 'mine'],
  ])('a publish resolves with %s', async (_what, ...[id, reply, expected]) => {
    const published = publishItem(connection, musings, { id });
    await exchange(reply ?? '');
    expect(await published).toBe(expected);
  });

  it('a subscription is told with its state', async () => {
    const subscribed = subscribe(connection, { ...musings, jid: 'me@localhost' });
    const heard = await exchange(
      pubsub("<subscription node='musings' jid='me@localhost' subid='s1' subscription='pending'/>"),
    );
    expect(heard).toBe(pubsub("<subscribe node='musings' jid='me@localhost'/>"));
    expect(await subscribed).toEqual({ node: 'musings', jid: 'me@localhost', subid: 's1', state: 'pending' });
  });

  it('the own subscriptions are listed, the node said once or each time', async () => {
    const listed = readSubscriptions(connection, { service: 'pubsub.a' });
    await exchange(
      pubsub(
        "<subscriptions><subscription node='n' jid='a@b' subscription='subscribed'/><subscription node='m' jid='a@b' subscription='odd'/></subscriptions>",
      ),
    );
    expect((await listed).map(({ node, state }) => [node, state])).toEqual([
      ['n', 'subscribed'],
      ['m', 'none'],
    ]);
  });

  it('a page of items comes with the cursors of the service, or without', async () => {
    const page = readItems(connection, musings, { rsm: { max: 2, before: '' } });
    const heard = await exchange(
      pubsub(
        "<items node='musings'><item id='1'><a xmlns='urn:a'/></item><item id='2'/></items><set xmlns='http://jabber.org/protocol/rsm'><first>c1</first><last>c2</last></set>",
      ),
    );
    expect(heard).toBe(
      pubsub("<items node='musings'/><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before/></set>"),
    );
    const { items, rsm } = await page;
    expect(items.map(({ id, payload }) => [id, payload?.name])).toEqual([
      ['1', 'a'],
      ['2', undefined],
    ]);
    expect(rsm).toMatchObject({ first: 'c1', last: 'c2' });

    const all = readItems(connection, musings, { max: 1, ids: ['1'] });
    expect(await exchange(pubsub("<items node='musings'/>"))).toBe(
      pubsub("<items node='musings' max_items='1'><item id='1'/></items>"),
    );
    expect(await all).toEqual({ items: [], rsm: undefined });
  });

  it('the configuration of a node is read', async () => {
    const config = readNodeConfig(connection, musings);
    await exchange(
      owner(
        `<configure node='musings'>${form('node_config')}<field var='pubsub#max_items'><value>20</value></field></x></configure>`,
      ),
    );
    expect(formValue(await config, 'pubsub#max_items')).toBe('20');
  });

  it('affiliations are read, unknown ones left out', async () => {
    const affiliations = readAffiliations(connection, musings);
    await exchange(
      owner(
        "<affiliations node='musings'><affiliation jid='a@b' affiliation='owner'/><affiliation jid='c@d' affiliation='king'/></affiliations>",
      ),
    );
    expect([...(await affiliations)]).toEqual([['a@b', 'owner']]);
  });
});

describe('service discovery', () => {
  it('reads what an entity is and can do', async () => {
    const info = discoInfo(connection, { to: 'a.b', node: 'n' });
    const heard = await exchange(
      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='service'/><feature var='urn:f'/></query>",
    );
    expect(heard).toBe("<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>");
    expect(await info).toEqual({
      identities: [{ category: 'pubsub', type: 'service', name: undefined }],
      features: ['urn:f'],
      forms: [],
    });
  });

  it('lists items', async () => {
    const items = discoItems(connection, { to: 'a.b' });
    await exchange(
      "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='c.d' node='n' name='N'/><item/></query>",
    );
    expect(await items).toEqual([{ jid: 'c.d', node: 'n', name: 'N' }]);
  });

  it('is answered by node', async () => {
    answerDiscoInfo(connection, (node) => {
      if (node !== undefined) throw new StanzaError('item-not-found');
      return { identities: [{ category: 'client', type: 'bot' }], features: ['urn:f'] };
    });
    server.say("<iq type='get' id='1' from='a@b'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    await server.hear(
      /<query xmlns='http:\/\/jabber.org\/protocol\/disco#info'><identity category='client' type='bot'\/><feature var='urn:f'\/><\/query>/,
    );
    server.say("<iq type='get' id='2' from='a@b'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>");
    await server.hear(/item-not-found/);
  });
});

describe('a ping', () => {
  const refuse = async (condition: string) => {
    const [, id] = await server.hear(/<iq to='a@b' type='get' id='([^']+)'><ping xmlns='urn:xmpp:ping'\/><\/iq>/);
    server.say(
      `<iq type='error' from='a@b' id='${id}'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
  };

  it('succeeds with who does not know pings', async () => {
    const pinged = ping(connection, 'a@b');
    await refuse('feature-not-implemented');
    await expect(pinged).resolves.toBeUndefined();
  });

  it('fails with who cannot be reached', async () => {
    const pinged = ping(connection, 'a@b');
    await refuse('service-unavailable');
    await expect(pinged).rejects.toMatchObject({ condition: 'service-unavailable' });
  });

  it('is answered', async () => {
    answerPings(connection);
    server.say("<iq type='get' id='p' from='a@b'><ping xmlns='urn:xmpp:ping'/></iq>");
    await server.hear(/<iq type='result' to='a@b' id='p'\/>/);
  });
});

describe('a call', () => {
  it('by XML-RPC resolves with its value', async () => {
    const called = callRpc(connection, { to: 'a@b', method: 'stock', params: ['TEA-01'] });
    const value = '<params><param><value><i4>3</i4></value></param></params>';
    await exchange(`<query xmlns='jabber:iq:rpc'><methodResponse>${value}</methodResponse></query>`);
    expect(await called).toBe(3);
  });

  it('in JSON resolves with its text', async () => {
    const called = callNative(connection, { to: 'a@b', method: 'stock', json: '{"sku":"TEA-01"}' });
    const heard = await exchange("<result xmlns='urn:nestanza:rpc:1'><json xmlns='urn:xmpp:json:0'>3</json></result>");
    expect(heard).toBe(
      `<call xmlns='urn:nestanza:rpc:1' method='stock'><json xmlns='urn:xmpp:json:0'>{"sku":"TEA-01"}</json></call>`,
    );
    expect(await called).toBe('3');
  });
});
