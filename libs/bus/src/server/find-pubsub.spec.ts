import { describe, expect, it } from '@jest/globals';
import { discoInfoResult, NS_DISCO_INFO, NS_DISCO_ITEMS, StanzaError, xml } from '@nestanza/xmpp';
import { ScriptedConnection } from '../scripted-connection.fixture.js';
import { findPubsub } from './find-pubsub.js';

/** A domain with these components, each of a category. */
async function domainWith(components: Readonly<Record<string, string>>) {
  const connection = new ScriptedConnection();
  await connection.start();
  const result = (payload: Parameters<typeof xml>[2]) => xml('iq', { xmlns: 'jabber:client', type: 'result' }, payload);
  connection.answer = (iq) => {
    if (iq.child('query', NS_DISCO_ITEMS) !== undefined) {
      const items = Object.keys(components).map((jid) => xml('item', { jid }));
      return result(xml('query', { xmlns: NS_DISCO_ITEMS }, items));
    }
    const category = iq.child('query', NS_DISCO_INFO) && components[iq.attr('to')!];
    if (category === undefined) throw new StanzaError('service-unavailable');
    return result(discoInfoResult({ identities: [{ category, type: 'service' }], features: [] }));
  };
  return connection;
}

describe('the PubSub service of a domain', () => {
  it('is what says it is one, whatever its address', async () => {
    const connection = await domainWith({ 'rooms.example': 'conference', 'events.example': 'pubsub' });
    expect(await findPubsub(connection, 'example')).toBe('events.example');
  });

  it('is the usual address before another, and where nothing says it is one', async () => {
    const two = await domainWith({ 'events.example': 'pubsub', 'pubsub.example': 'pubsub' });
    expect(await findPubsub(two, 'example')).toBe('pubsub.example');
    expect(await findPubsub(await domainWith({ 'rooms.example': 'conference' }), 'example')).toBe('pubsub.example');
  });
});
