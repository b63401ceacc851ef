import { describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { Client, embeddedScene, NODE } from './pubsub-client.js';

describe('a PubSub service that sees sessions', () => {
  it('a full-JID subscription ends with its session', async () => {
    await using s = await embeddedScene();
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
});
