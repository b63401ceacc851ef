import { describe, expect, it } from '@jest/globals';
import { submitForm, xml, type Element } from '@nestanza/xmpp';
import {
  EVENT,
  item,
  json,
  NODE,
  prefixed,
  PUBSUB,
  refusal,
  RSM,
  rsm,
  SERVICE,
  type OpenScene,
} from './pubsub-client.js';

/** @param carrier - where the service runs */
export function pubSubDialogues(carrier: string, scene: OpenScene): void {
  describe(`${carrier}: a PubSub service`, () => {
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
      ).toContain(SERVICE);
      const info = async (node?: string) =>
        (
          await s.romeo.person.ask(
            'get',
            SERVICE,
            xml('query', { xmlns: 'http://jabber.org/protocol/disco#info', node }),
          )
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
      expect(await publish(NODE, item('a', json('1')), item('b', json('2')))).toBe(
        'modify bad-request invalid-payload',
      );
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
}
