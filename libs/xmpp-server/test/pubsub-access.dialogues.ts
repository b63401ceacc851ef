import { describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { EVENT, NODE, PUBSUB, refusal, SERVICE, type OpenScene } from './pubsub-client.js';

/** @param carrier - where the service runs */
export function pubSubAccessDialogues(carrier: string, scene: OpenScene): void {
  describe(`${carrier}: who may do what at a PubSub service`, () => {
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
  });
}
