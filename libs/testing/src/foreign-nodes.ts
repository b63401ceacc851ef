import { createNode, type Connection, type Element, NS_PUBSUB, StanzaError } from '@nestanza/xmpp';

/** As a careful owner configures a node that everybody may use. */
const OPEN = {
  'pubsub#persist_items': '1',
  'pubsub#max_items': 'max',
  'pubsub#send_last_published_item': 'never',
  'pubsub#itemreply': 'publisher',
  'pubsub#access_model': 'open',
  'pubsub#publish_model': 'open',
} as const;

/** The node exists, and is open; made under the account of `owner` where nobody else has made it. */
export async function provideNode(owner: Connection, service: string, node: string): Promise<void> {
  try {
    await createNode(owner, { service, node }, { config: OPEN });
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
  }
}

/**
 * The same connection, for which foreign nodes are there when it subscribes: the world's other services, of which there
 * are none, would have made them.
 */
export function withForeignNodes(connection: Connection, owner: Connection): Connection {
  return {
    get status() {
      return connection.status;
    },
    get jid() {
      return connection.jid;
    },
    start: () => connection.start(),
    stop: () => connection.stop(),
    send: (stanza) => connection.send(stanza),
    drained: () => connection.drained(),
    onStatus: (listener) => connection.onStatus(listener),
    onStanza: (listener) => connection.onStanza(listener),
    onIq: (type, payload, handler) => connection.onIq(type, payload, handler),
    request: async (iq, options) => {
      try {
        return await connection.request(iq, options);
      } catch (error) {
        const node = missingNode(iq, error);
        if (node === undefined) throw error;
        await provideNode(owner, iq.attr('to') ?? '', node);
        return connection.request(iq, options);
      }
    },
  };
}

/** The node that a subscription failed for. */
function missingNode(iq: Element, error: unknown): string | undefined {
  if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') return undefined;
  return iq.child('pubsub', NS_PUBSUB)?.child('subscribe')?.attr('node');
}
