import { describe, expect, it, jest } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import {
  type Element,
  findForm,
  formElement,
  NODE_CONFIG,
  NS_PUBSUB,
  NS_PUBSUB_OWNER,
  StanzaError,
  xml,
} from '@nestanza/xmpp';
import { confirmed, ScriptedConnection } from '../scripted-connection.fixture.js';
import { provisionNode } from './provision-node.js';

const address = { service: 'pubsub.localhost', node: 'orders/placed' };

/** A service with one node, whose fields it takes as `accept` says. */
function serviceWith(fields: Record<string, string>, accept: (name: string, value: string) => boolean = () => true) {
  const connection = new ScriptedConnection();
  const configuration = () =>
    xml(
      'iq',
      { xmlns: 'jabber:client', type: 'result' },
      xml(
        'pubsub',
        { xmlns: NS_PUBSUB_OWNER },
        xml(
          'configure',
          { node: address.node },
          formElement({
            type: 'form',
            fields: Object.entries({ FORM_TYPE: NODE_CONFIG, ...fields }).map(([name, value]) => ({
              var: name,
              values: [value],
            })),
          }),
        ),
      ),
    );
  connection.answer = (iq: Element) => {
    if (iq.child('pubsub', NS_PUBSUB) !== undefined) throw new StanzaError('conflict');
    const configure = iq.child('pubsub', NS_PUBSUB_OWNER)!.child('configure')!;
    if (iq.attr('type') === 'get') return configuration();
    const submitted = findForm(configure, NODE_CONFIG)!.fields.filter(({ var: name }) => name !== 'FORM_TYPE');
    if (!submitted.every(({ var: name, values }) => accept(name, values[0]!))) throw new StanzaError('not-acceptable');
    for (const { var: name, values } of submitted) fields[name] = values[0]!;
    return confirmed();
  };
  return { connection, fields };
}

async function provision(connection: ScriptedConnection, warn = jest.fn()) {
  await connection.start();
  await provisionNode(address, { publish: 'open', access: 'affiliated' }, { connection, log: { ...silentLog, warn } });
  return warn;
}

describe('provisioning a node', () => {
  it('sets what the service knows and leaves the rest', async () => {
    const { connection, fields } = serviceWith({
      'pubsub#persist_items': 'false',
      'pubsub#max_items': '20',
      'pubsub#publish_model': 'publishers',
      'pubsub#access_model': 'open',
    });
    const warn = await provision(connection);
    expect(fields).toEqual({
      'pubsub#persist_items': '1',
      'pubsub#max_items': 'max',
      'pubsub#publish_model': 'open',
      'pubsub#access_model': 'whitelist',
    });
    expect(warn).not.toHaveBeenCalled();
  });

  it('sets field by field where the whole is refused, and says what was not taken', async () => {
    const { connection, fields } = serviceWith(
      { 'pubsub#persist_items': '0', 'pubsub#publish_model': 'publishers' },
      (name) => name !== 'pubsub#publish_model',
    );
    const warn = await provision(connection);
    expect(fields['pubsub#persist_items']).toBe('1');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain('pubsub#publish_model=open');
  });

  it('changes nothing the second time', async () => {
    const { connection } = serviceWith({ 'pubsub#persist_items': '1' });
    await provision(connection);
    expect(connection.requests.filter((iq) => iq.attr('type') === 'set')).toHaveLength(1);
  });

  it("uses another account's node as it is", async () => {
    const { connection } = serviceWith({});
    const { answer } = connection;
    connection.answer = (iq) => {
      if (iq.attr('type') === 'get') throw new StanzaError('forbidden');
      return answer(iq);
    };
    const warn = await provision(connection);
    expect(warn.mock.calls[0]![0]).toContain('belongs to another account');
  });
});
