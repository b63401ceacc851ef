/** XEP-0030 "Service Discovery", https://xmpp.org/extensions/xep-0030.html, version 2.5.0 (2017-10-03). */
import { type Connection, NS_PING, StanzaError, xml } from '@nestanza/xmpp';
import { JSON_NAMESPACE } from '../codecs/json-container.js';
import type { HandlerRegistry } from '../handlers/registry.js';
import { ENCODINGS } from './encodings.js';

const NS_INFO = 'http://jabber.org/protocol/disco#info';
const NS_ITEMS = 'http://jabber.org/protocol/disco#items';

/** Says what this instance serves: its encodings as features, its methods as items of the full JID. */
export function answerDiscovery(connection: Connection, registry: HandlerRegistry): void {
  const methods = registry.of('respond').map(({ channel }) => channel.name);
  const features = [
    NS_INFO,
    NS_ITEMS,
    NS_PING,
    JSON_NAMESPACE,
    ...(methods.length > 0 ? ENCODINGS.map(({ feature }) => feature) : []),
  ];
  connection.onIq('get', { name: 'query', xmlns: NS_INFO }, (iq) => {
    refuseNode(iq.child('query', NS_INFO)?.attr('node'));
    return xml(
      'query',
      { xmlns: NS_INFO },
      // XEP-0009 §5 names this identity.
      xml(
        'identity',
        methods.length > 0 ? { category: 'automation', type: 'rpc' } : { category: 'client', type: 'bot' },
      ),
      ...features.map((feature) => xml('feature', { var: feature })),
    );
  });
  connection.onIq('get', { name: 'query', xmlns: NS_ITEMS }, (iq) => {
    refuseNode(iq.child('query', NS_ITEMS)?.attr('node'));
    const jid = iq.attr('to');
    return xml('query', { xmlns: NS_ITEMS }, ...methods.map((name) => xml('item', { jid, node: `rpc:${name}`, name })));
  });
}

/** XEP-0030 §7: no node but the root has anything to tell. */
function refuseNode(node: string | undefined): void {
  if (node !== undefined) throw new StanzaError('item-not-found');
}
