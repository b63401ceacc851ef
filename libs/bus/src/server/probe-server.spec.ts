import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { type Element, NODE_CONFIG, formElement, NS_PUBSUB, NS_PUBSUB_OWNER, StanzaError, xml } from '@nestanza/xmpp';
import { joinProcessServer } from '../link/embedded.js';
import { ScriptedConnection } from '../scripted-connection.fixture.js';
import { probeServer } from './probe-server.js';

const SERVICE = 'pubsub.localhost';

const result = (...children: (Element | false)[]) => xml('iq', { xmlns: 'jabber:client', type: 'result' }, ...children);

/** A service that keeps at most so many items, and gives a publisher back as it was told. */
function gullible(most: number) {
  const connection = new ScriptedConnection();
  connection.answer = (iq) => {
    const owner = iq.child('pubsub', NS_PUBSUB_OWNER)?.child('configure');
    if (owner !== undefined) {
      if (iq.attr('type') === 'get') {
        const fields = Object.entries({ FORM_TYPE: NODE_CONFIG, 'pubsub#max_items': 'max' });
        const form = formElement({
          type: 'form',
          fields: fields.map(([name, value]) => ({ var: name, values: [value] })),
        });
        return result(xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('configure', {}, form)));
      }
      const wanted = /<value>(\d+)<\/value>/.exec(String(serialized(owner)))?.[1];
      if (wanted !== undefined && Number(wanted) > most && wanted !== '1') throw new StanzaError('bad-request');
      return result();
    }
    const items = iq.child('pubsub', NS_PUBSUB)?.child('items');
    if (items === undefined) return result();
    const newest = xml('item', { id: 'newest', publisher: 'nobody@nestanza.invalid' });
    return result(xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', {}, xml('item', { id: 'earlier' }), newest)));
  };
  return connection;
}

function serialized(element: Element): string {
  const own = element.elements().map(serialized).join('');
  return `<${element.name}>${own === '' ? element.text : own}</${element.name}>`;
}

describe('the profile of a PubSub service', () => {
  it('says of ours: stamps publishers, gives pages, keeps a million items', async () => {
    const { connection, close } = await joinProcessServer({ service: 'prober', log: silentLog, environment: {} });
    await connection.start();
    const profile = await probeServer(connection, SERVICE, { measure: true });
    expect(profile).toEqual({ pubsub: SERVICE, creates: true, stampsPublisher: true, pages: true, keeps: 1_000_000 });
    await connection.stop();
    await close();
  });

  it('trusts no publisher that came back as it was claimed, and counts the items that are really kept', async () => {
    const connection = gullible(256);
    await connection.start();
    expect(await probeServer(connection, SERVICE, { measure: true })).toEqual({
      pubsub: SERVICE,
      creates: true,
      stampsPublisher: false,
      pages: false,
      keeps: 256,
    });
    const last = connection.requests.at(-1)!;
    expect(last.child('pubsub', NS_PUBSUB_OWNER)?.child('delete')).toBeDefined();
  });

  it('knows nothing where the account may create no node', async () => {
    const connection = new ScriptedConnection();
    await connection.start();
    connection.answer = () => {
      throw new StanzaError('forbidden');
    };
    const { creates, stampsPublisher, keeps } = await probeServer(connection, SERVICE, { measure: true });
    expect({ creates, stampsPublisher, keeps }).toEqual({ creates: false, stampsPublisher: false, keeps: undefined });
    expect(connection.requests).toHaveLength(1);
  });
});
