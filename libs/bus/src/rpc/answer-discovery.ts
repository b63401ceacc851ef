import {
  answerDiscoInfo,
  type Connection,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_JSON,
  NS_PING,
  StanzaError,
  xml,
} from '@nestanza/xmpp';
import { ENCODINGS } from './encodings.js';

/** Says what this instance serves: its encodings as features, its methods as items of the full JID (XEP-0030). */
export function answerDiscovery(connection: Connection, methods: readonly string[]): void {
  const serves = methods.length > 0;
  const features = [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_JSON];
  answerDiscoInfo(connection, (node) => {
    refuseNode(node);
    return {
      // XEP-0009 §5 names the identity of an endpoint.
      identities: [serves ? { category: 'automation', type: 'rpc' } : { category: 'client', type: 'bot' }],
      features: serves ? [...features, ...ENCODINGS.map(({ feature }) => feature)] : features,
    };
  });
  connection.onIq('get', { name: 'query', xmlns: NS_DISCO_ITEMS }, (iq) => {
    refuseNode(iq.child('query', NS_DISCO_ITEMS)?.attr('node'));
    const jid = iq.attr('to');
    return xml(
      'query',
      { xmlns: NS_DISCO_ITEMS },
      methods.map((name) => xml('item', { jid, node: `rpc:${name}`, name })),
    );
  });
}

/** XEP-0030 §7: no node but the root has anything to tell. */
function refuseNode(node: string | undefined): void {
  if (node !== undefined) throw new StanzaError('item-not-found');
}
