import { describe, expect, it } from '@jest/globals';
import { StanzaError, submitForm, xml, type AttributeValues, type Element } from '@nestanza/xmpp';
import { World, type Person } from './world.js';

const PUBSUB = 'http://jabber.org/protocol/pubsub';
const OWNER = `${PUBSUB}#owner`;
const EVENT = `${PUBSUB}#event`;
const RSM = 'http://jabber.org/protocol/rsm';
const SERVICE = 'pubsub.localhost';
const NODE = 'orders/placed';

const json = (text: string) => xml('json', { xmlns: 'urn:xmpp:json:0' }, text);
const item = (id: string | undefined, ...payload: Element[]) => xml('item', { id }, payload);

/** One person's way to the service. */
class Client {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  async set(...children: Element[]): Promise<Element> {
    return (await this.person.ask('set', SERVICE, xml('pubsub', { xmlns: PUBSUB }, children))).elements()[0]!;
  }

  async get(...children: Element[]): Promise<Element> {
    return (await this.person.ask('get', SERVICE, xml('pubsub', { xmlns: PUBSUB }, children))).elements()[0]!;
  }

  async own(type: 'get' | 'set', child: Element): Promise<Element | undefined> {
    return (await this.person.ask(type, SERVICE, xml('pubsub', { xmlns: OWNER }, child))).elements()[0];
  }

  create(config?: Record<string, string | boolean>, node: string | undefined = NODE): Promise<Element> {
    const form = config && xml('configure', {}, submitForm(`${PUBSUB}#node_config`, prefixed(config)));
    return this.set(xml('create', { node }), ...(form === undefined ? [] : [form]));
  }

  configure(config: Record<string, string | boolean>): Promise<Element | undefined> {
    return this.own('set', xml('configure', { node: NODE }, submitForm(`${PUBSUB}#node_config`, prefixed(config))));
  }

  publish(id: string | undefined, text: string = id ?? '', ...more: Element[]): Promise<Element> {
    return this.set(xml('publish', { node: NODE }, item(id, json(text))), ...more);
  }

  subscribe(jid: string, node = NODE): Promise<Element> {
    return this.set(xml('subscribe', { node, jid }));
  }

  unsubscribe(jid: string): Promise<Element> {
    return this.set(xml('unsubscribe', { node: NODE, jid }));
  }

  retract(id: string, attributes: AttributeValues = {}): Promise<Element | undefined> {
    return this.set(xml('retract', { node: NODE, ...attributes }, item(id)));
  }

  affiliate(jid: string, affiliation: string): Promise<Element | undefined> {
    return this.own('set', xml('affiliations', { node: NODE }, xml('affiliation', { jid, affiliation })));
  }

  async items(attributes: AttributeValues = {}, ...set: Element[]): Promise<string[]> {
    const page = await this.get(xml('items', { node: NODE, ...attributes }), ...set);
    return page
      .child('items')!
      .elements('item')
      .map((entry) => entry.attr('id')!);
  }

  /** What was told of the node, in short. */
  events(): string[] {
    return this.person.received.flatMap((stanza) => stanza.child('event', EVENT)?.elements() ?? []).map(inShort);
  }
}

function prefixed(config: Record<string, string | boolean>): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [`pubsub#${name}`, value]));
}

function inShort(event: Element): string {
  const entry = event.elements()[0];
  if (event.name !== 'items' || entry === undefined) return `${event.name} ${event.attr('node')}`;
  return `${entry.name} ${entry.attr('id')}`;
}

function rsm(...children: Element[]): Element {
  return xml('set', { xmlns: RSM }, children);
}

/** The conditions of a refusal, the PubSub one last. */
async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'accepted';
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return [error.type, error.condition, ...error.details.map((detail) => detail.name)].join(' ');
  }
}

async function scene() {
  const world = await World.open();
  const clients = await Promise.all(
    ['orders@localhost/o', 'romeo@localhost/r', 'juliet@localhost/j'].map(async (jid) => {
      const client = new Client(await world.login(jid));
      await client.person.available();
      return client;
    }),
  );
  const settled = async () => {
    for (const { person } of clients) await person.settled();
  };
  const [owner, romeo, juliet] = clients as [Client, Client, Client];
  return { world, owner, romeo, juliet, settled, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

describe('a PubSub service', () => {
  it('says what it is and which nodes it has', async () => {
    await using s = await scene();
    await s.owner.create({ title: 'Placed orders' });
    const server = await s.romeo.person.ask(
      'get',
      'localhost',
      xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' }),
    );
    expect(
      server
        .elements()[0]!
        .elements()
        .map((entry) => entry.attr('jid')),
    ).toEqual([SERVICE]);
    const info = async (node?: string) =>
      (
        await s.romeo.person.ask('get', SERVICE, xml('query', { xmlns: 'http://jabber.org/protocol/disco#info', node }))
      ).elements()[0]!;
    expect((await info()).elements('feature').map((feature) => feature.attr('var'))).toEqual(
      expect.arrayContaining([PUBSUB, `${PUBSUB}#publish`, `${PUBSUB}#instant-nodes`, RSM]),
    );
    const node = await info(NODE);
    expect(node.child('identity')?.attributes).toMatchObject({ category: 'pubsub', type: 'leaf' });
    const nodes = await s.romeo.person.ask(
      'get',
      SERVICE,
      xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' }),
    );
    expect(
      nodes
        .elements()[0]!
        .elements()
        .map((entry) => entry.attributes),
    ).toEqual([expect.objectContaining({ jid: SERVICE, node: NODE, name: 'Placed orders' })]);
  });

  it('publishes to subscribers of bare and full JID as headlines, and stamps who published', async () => {
    await using s = await scene();
    await s.owner.create({ publish_model: 'open' });
    await s.romeo.subscribe('romeo@localhost');
    await s.juliet.subscribe('juliet@localhost/j');
    const result = await s.juliet.publish('a', '{"n":1}');
    expect(result.child('publish')!.child('item')!.attr('id')).toBe('a');
    for (const client of [s.romeo, s.juliet]) {
      const message = await client.person.until(({ name }) => name === 'message');
      expect(message.attributes).toMatchObject({ type: 'headline', from: SERVICE });
      const [entry] = message.child('event', EVENT)!.child('items')!.elements('item');
      expect(entry!.attributes).toMatchObject({ id: 'a', publisher: 'juliet@localhost' });
      expect(entry!.child('json', 'urn:xmpp:json:0')?.text).toBe('{"n":1}');
    }
    const stored = await s.romeo.get(xml('items', { node: NODE }));
    expect(stored.child('items')!.child('item')!.attr('publisher')).toBe('juliet@localhost');
  });

  it('names an item that has no name, and an instant node', async () => {
    await using s = await scene();
    const created = await s.owner.create(undefined, '');
    expect(created.child('create')!.attr('node')).toMatch(/^[0-9a-f-]{36}$/);
    await s.owner.create();
    const published = await s.owner.publish(undefined);
    expect(published.child('publish')!.child('item')!.attr('id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('notifies again for a repeated id, stores it once, and moves it to the end', async () => {
    await using s = await scene();
    await s.owner.create();
    await s.romeo.subscribe('romeo@localhost');
    for (const id of ['a', 'b', 'c', 'a']) await s.owner.publish(id);
    await s.settled();
    expect(s.romeo.events()).toEqual(['item a', 'item b', 'item c', 'item a']);
    expect(await s.romeo.items()).toEqual(['b', 'c', 'a']);
  });

  it('keeps the order of publishes that do not wait for each other', async () => {
    await using s = await scene();
    await s.owner.create();
    await s.romeo.subscribe('romeo@localhost');
    const ids = Array.from({ length: 100 }, (_, index) => `i${index}`);
    await Promise.all(ids.map((id) => s.owner.publish(id)));
    await s.settled();
    expect(s.romeo.events()).toEqual(ids.map((id) => `item ${id}`));
    expect(await s.romeo.items()).toEqual(ids);
  });

  it('refuses a publish that XEP-0060 forbids, with its conditions', async () => {
    await using s = await scene();
    await s.owner.create({ max_payload_size: '20' });
    const publish = (node: string | undefined, ...items: Element[]) =>
      refusal(s.owner.set(xml('publish', { node }, items)));
    expect(await publish('nowhere', item('a', json('1')))).toBe('cancel item-not-found');
    expect(await publish(undefined, item('a', json('1')))).toBe('modify bad-request nodeid-required');
    expect(await publish(NODE)).toBe('modify bad-request item-required');
    expect(await publish(NODE, item('a', json('1')), item('b', json('2')))).toBe('modify bad-request invalid-payload');
    expect(await publish(NODE, item('a', json('1'), json('2')))).toBe('modify bad-request invalid-payload');
    expect(await publish(NODE, item('a'))).toBe('modify bad-request payload-required');
    expect(await publish(NODE, item('a', json('x'.repeat(99))))).toBe('modify not-acceptable payload-too-big');
    expect(await publish(NODE, item('x'.repeat(2_000), xml('a', { xmlns: 'a' })))).toBe('modify not-acceptable');
    await s.owner.configure({ type: 'urn:a' });
    expect(await publish(NODE, item('a', xml('b', { xmlns: 'urn:b' })))).toBe('modify bad-request invalid-payload');
    expect(await s.owner.items()).toEqual([]);
  });

  it('checks publish-options as preconditions', async () => {
    await using s = await scene();
    await s.owner.create();
    const options = (fields: Record<string, string>) =>
      xml('publish-options', {}, submitForm(`${PUBSUB}#publish-options`, prefixed(fields)));
    expect(await refusal(s.owner.publish('a', 'a', options({ access_model: 'open', persist_items: 'true' })))).toBe(
      'accepted',
    );
    expect(await refusal(s.owner.publish('b', 'b', options({ access_model: 'whitelist' })))).toBe(
      'cancel conflict precondition-not-met',
    );
    expect(await refusal(s.owner.publish('b', 'b', options({ colour: 'red' })))).toBe(
      'modify bad-request invalid-options',
    );
    expect(await s.owner.items()).toEqual(['a']);
  });

  it('keeps max_items and no more, and none where items are not persistent', async () => {
    await using s = await scene();
    await s.owner.create({ max_items: '2' });
    for (const id of ['a', 'b', 'c']) await s.owner.publish(id);
    expect(await s.owner.items()).toEqual(['b', 'c']);
    await s.owner.configure({ max_items: '1' });
    expect(await s.owner.items()).toEqual(['c']);
    await s.owner.configure({ persist_items: false });
    await s.owner.publish('d');
    expect(await s.owner.items()).toEqual(['c']);
  });

  it('pages items by its own cursor, newest page by an empty before', async () => {
    await using s = await scene();
    await s.owner.create();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await s.owner.publish(id);
    const page = async (...children: Element[]) => {
      const reply = await s.romeo.get(xml('items', { node: NODE }), rsm(...children));
      const set = reply.child('set', RSM)!;
      const ids = reply
        .child('items')!
        .elements('item')
        .map((entry) => entry.attr('id'));
      return { ids, first: set.childText('first'), last: set.childText('last'), count: set.childText('count') };
    };
    const max = xml('max', {}, '2');
    const newest = await page(max, xml('before'));
    expect([newest.ids, newest.count]).toEqual([['d', 'e'], '5']);
    const older = await page(max, xml('before', {}, newest.first!));
    expect(older.ids).toEqual(['b', 'c']);
    expect((await page(max, xml('before', {}, older.first!))).ids).toEqual(['a']);
    expect((await page(max)).ids).toEqual(['a', 'b']);
    expect((await page(max, xml('after', {}, older.last!))).ids).toEqual(['d', 'e']);
    expect((await page(xml('max', {}, '0'))).count).toBe('5');
    expect(await refusal(page(max, xml('after', {}, 'a b')))).toBe('cancel item-not-found');
    expect(await refusal(page(xml('index', {}, '1')))).toBe('cancel feature-not-implemented unsupported');
    expect(await s.romeo.items({ max_items: 2 })).toEqual(['d', 'e']);
    const byId = await s.romeo.get(xml('items', { node: NODE }, item('d'), item('zz'), item('a')));
    expect(
      byId
        .child('items')!
        .elements('item')
        .map((entry) => entry.attr('id')),
    ).toEqual(['d', 'a']);
  });

  it('retracts, purges and deletes, and says so as configured', async () => {
    await using s = await scene();
    await s.owner.create({ publish_model: 'open' });
    await s.romeo.subscribe('romeo@localhost');
    for (const id of ['a', 'b', 'c']) await s.owner.publish(id);
    await s.juliet.publish('j');
    expect(await refusal(s.romeo.retract('j'))).toBe('auth forbidden');
    expect(await refusal(s.juliet.retract('zz'))).toBe('cancel item-not-found');
    await s.juliet.retract('j');
    await s.owner.configure({ notify_retract: false });
    await s.owner.retract('a');
    await s.owner.retract('b', { notify: 'true' });
    expect(await s.owner.items()).toEqual(['c']);
    await s.owner.configure({ notify_retract: true });
    await s.owner.own('set', xml('purge', { node: NODE }));
    expect(await s.owner.items()).toEqual([]);
    expect(await refusal(s.juliet.own('set', xml('delete', { node: NODE })))).toBe('auth forbidden');
    await s.owner.own('set', xml('delete', { node: NODE }));
    await s.settled();
    expect(s.romeo.events().slice(4)).toEqual(['retract j', 'retract b', `purge ${NODE}`, `delete ${NODE}`]);
    expect(await refusal(s.owner.items())).toBe('cancel item-not-found');
  });

  it('lets one subscribe for oneself only, repeats it, and ends it', async () => {
    await using s = await scene();
    await s.owner.create();
    expect(await refusal(s.romeo.subscribe('juliet@localhost'))).toBe('modify bad-request invalid-jid');
    expect(await refusal(s.romeo.set(xml('subscribe', { node: NODE })))).toBe('modify bad-request jid-required');
    expect(await refusal(s.romeo.subscribe('romeo@localhost', 'nowhere'))).toBe('cancel item-not-found');
    await s.romeo.subscribe('romeo@localhost');
    const again = await s.romeo.subscribe('romeo@localhost');
    expect(again.child('subscription')!.attr('subscription')).toBe('subscribed');
    const own = await s.romeo.get(xml('subscriptions'));
    expect(
      own
        .child('subscriptions')!
        .elements()
        .map((entry) => entry.attr('jid')),
    ).toEqual(['romeo@localhost']);
    await s.owner.publish('a');
    await s.romeo.unsubscribe('romeo@localhost');
    await s.owner.publish('b');
    await s.settled();
    expect(s.romeo.events()).toEqual(['item a']);
    expect(await refusal(s.romeo.unsubscribe('romeo@localhost'))).toBe('cancel unexpected-request not-subscribed');
  });

  it('a full-JID subscription ends with its session', async () => {
    await using s = await scene();
    await s.owner.create();
    await s.romeo.subscribe('romeo@localhost/r');
    await s.romeo.person.connection.stop();
    const subscribers = async () =>
      (await s.owner.own('get', xml('subscriptions', { node: NODE })))!
        .child('subscriptions')!
        .elements()
        .map((entry) => entry.attr('jid'));
    await s.owner.person.settled();
    expect(await subscribers()).toEqual([]);
    const again = new Client(await s.world.login('romeo@localhost/r'));
    await again.person.available();
    await s.owner.publish('a');
    await again.person.settled();
    expect(again.events()).toEqual([]);
  });

  it('a whitelisted node is closed to who is not affiliated, at once', async () => {
    await using s = await scene();
    await s.owner.create();
    await s.romeo.subscribe('romeo@localhost');
    await s.juliet.subscribe('juliet@localhost');
    await s.owner.affiliate('juliet@localhost', 'member');
    await s.owner.configure({ access_model: 'whitelist' });
    await s.owner.publish('a');
    await s.settled();
    expect([s.romeo.events(), s.juliet.events()]).toEqual([[], ['item a']]);
    expect(await refusal(s.romeo.items())).toBe('cancel not-allowed closed-node');
    expect(await refusal(s.romeo.subscribe('romeo@localhost'))).toBe('cancel not-allowed closed-node');
    expect(await s.juliet.items()).toEqual(['a']);
    expect(await refusal(s.juliet.publish('b'))).toBe('auth forbidden');
  });

  it('an outcast sees and does nothing any more', async () => {
    await using s = await scene();
    await s.owner.create({ publish_model: 'open' });
    await s.romeo.subscribe('romeo@localhost');
    await s.romeo.subscribe('romeo@localhost/r');
    await s.owner.affiliate('romeo@localhost', 'outcast');
    await s.owner.publish('a');
    await s.settled();
    expect(s.romeo.events()).toEqual([]);
    expect(await refusal(s.romeo.publish('b'))).toBe('auth forbidden');
    expect(await refusal(s.romeo.items())).toBe('auth forbidden');
    expect(await refusal(s.romeo.subscribe('romeo@localhost'))).toBe('auth forbidden');
    const own = await s.romeo.get(xml('affiliations'));
    expect(
      own
        .child('affiliations')!
        .elements()
        .map((entry) => entry.attr('affiliation')),
    ).toEqual(['outcast']);
  });

  it('publishers publish, subscribers where the model says so, and others never', async () => {
    await using s = await scene();
    await s.owner.create();
    expect(await refusal(s.romeo.publish('a'))).toBe('auth forbidden');
    await s.owner.affiliate('romeo@localhost', 'publisher');
    expect(await refusal(s.romeo.publish('a'))).toBe('accepted');
    await s.owner.configure({ publish_model: 'subscribers' });
    expect(await refusal(s.juliet.publish('b'))).toBe('auth forbidden');
    await s.juliet.subscribe('juliet@localhost');
    expect(await refusal(s.juliet.publish('b'))).toBe('accepted');
  });

  it('only owners manage, and one owner stays', async () => {
    await using s = await scene();
    await s.owner.create();
    expect(await refusal(s.romeo.affiliate('romeo@localhost', 'owner'))).toBe('auth forbidden');
    expect(await refusal(s.owner.affiliate('orders@localhost', 'none'))).toBe('modify not-acceptable');
    expect(await refusal(s.owner.affiliate('romeo@localhost', 'king'))).toBe('modify bad-request');
    await s.owner.affiliate('romeo@localhost/r', 'owner');
    await s.romeo.affiliate('orders@localhost', 'none');
    expect(await refusal(s.owner.configure({ title: 'mine' }))).toBe('auth forbidden');
    const listed = await s.romeo.own('get', xml('affiliations', { node: NODE }));
    expect(
      listed!
        .child('affiliations')!
        .elements()
        .map((entry) => entry.attributes),
    ).toEqual([expect.objectContaining({ jid: 'romeo@localhost', affiliation: 'owner' })]);
  });

  it('an owner may end and add subscriptions of others', async () => {
    await using s = await scene();
    await s.owner.create();
    await s.romeo.subscribe('romeo@localhost');
    const change = (jid: string, subscription: string) =>
      s.owner.own('set', xml('subscriptions', { node: NODE }, xml('subscription', { jid, subscription })));
    await change('romeo@localhost', 'none');
    await change('juliet@localhost', 'subscribed');
    await s.owner.publish('a');
    await s.settled();
    expect([s.romeo.events(), s.juliet.events()]).toEqual([[], ['item a']]);
  });

  it('shows and takes the owner form, and refuses what it does not know', async () => {
    await using s = await scene();
    await s.owner.create();
    expect(await refusal(s.owner.create())).toBe('cancel conflict');
    expect(await refusal(s.owner.create({ access_model: 'presence' }, 'x'))).toBe(
      'modify not-acceptable unsupported-access-model',
    );
    expect(await refusal(s.owner.create({ colour: 'red' }, 'x'))).toBe('modify not-acceptable');
    expect(await refusal(s.owner.create({ max_items: '0' }, 'x'))).toBe('modify not-acceptable');
    await s.owner.configure({ max_items: 'max', notification_type: 'normal', itemreply: 'owner' });
    const form = (await s.owner.own('get', xml('configure', { node: NODE })))!.child('configure')!.elements()[0]!;
    const values = Object.fromEntries(
      form.elements('field').map((field) => [field.attr('var'), field.childText('value')]),
    );
    expect(values).toMatchObject({
      FORM_TYPE: `${PUBSUB}#node_config`,
      'pubsub#max_items': 'max',
      'pubsub#notification_type': 'normal',
      'pubsub#itemreply': 'owner',
      'pubsub#send_last_published_item': 'never',
      'pubsub#persist_items': '1',
    });
    await s.owner.subscribe('orders@localhost');
    await s.owner.publish('a');
    const message = await s.owner.person.until(({ name }) => name === 'message');
    expect(message.attr('type')).toBe('normal');
    expect(message.child('event', EVENT)!.child('items')!.child('item')!.attr('publisher')).toBeUndefined();
    const cancel = xml('configure', { node: NODE }, xml('x', { xmlns: 'jabber:x:data', type: 'cancel' }));
    expect(await s.owner.own('set', cancel)).toBeUndefined();
    expect((await s.owner.own('get', xml('default')))!.child('default')).toBeDefined();
    expect(await refusal(s.owner.get(xml('options', { node: NODE })))).toBe(
      'cancel feature-not-implemented unsupported',
    );
  });

  it('sends the last item on subscription where configured, with its time', async () => {
    await using s = await scene();
    await s.owner.create({ send_last_published_item: 'on_sub' });
    await s.owner.publish('a');
    await s.owner.publish('b');
    await s.romeo.subscribe('romeo@localhost');
    const message = await s.romeo.person.until(({ name }) => name === 'message');
    expect(message.child('delay', 'urn:xmpp:delay')?.attr('from')).toBe(SERVICE);
    await s.settled();
    expect(s.romeo.events()).toEqual(['item b']);
  });

  it('answers what it does not know, and stays silent to what asks nothing', async () => {
    await using s = await scene();
    expect(await refusal(s.romeo.person.ask('get', SERVICE, xml('query', { xmlns: 'urn:none' })))).toBe(
      'cancel service-unavailable',
    );
    expect(await refusal(s.romeo.person.ask('get', SERVICE, xml('pubsub', { xmlns: PUBSUB })))).toBe(
      'modify bad-request',
    );
    s.romeo.person.message(SERVICE, 'chat', 'hello');
    await s.settled();
    expect(s.romeo.person.bodies()).toEqual([]);
  });
});
