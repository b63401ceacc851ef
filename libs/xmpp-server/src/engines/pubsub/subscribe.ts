import { delayElement, StanzaError, xml, type Element, type Jid } from '@nestanza/xmpp';
import { parseElement } from '@nestanza/xmpp/internal';
import { readDenial } from './access.js';
import { event } from './announcer.js';
import { itemElement } from './item-element.js';
import type { Node } from './node.js';
import { enforce, notSubscribed, refusal } from './refusals.js';
import { nodeName, parsedJid, pubsub, type Operation, type Service } from './service.js';

/** Subscribes a JID of the requester's own account (XEP-0060 §6.1). Repeating it confirms the one subscription. */
export const subscribe: Operation = (service, { from, action }) => {
  const jid = ownJid(action, from);
  return service.exclusive(nodeName(action), async (node) => {
    enforce(readDenial(node.config, service.standing(node, from)));
    if (!node.isSubscribed(jid.toString())) {
      if (node.subscriberCount >= service.limits.subscriptionsPerNode)
        throw refusal('policy-violation', 'too-many-subscriptions');
      await add(service, node, jid);
    }
    if (node.config.sendLastPublishedItem === 'on_sub') await sendLast(service, node, jid.toString());
    return pubsub(xml('subscription', { node: node.name, jid: jid.toString(), subscription: 'subscribed' }));
  });
};

/** Ends the subscription of a JID of the requester's own account (§6.2). */
export const unsubscribe: Operation = (service, { from, action }) => {
  const jid = ownJid(action, from).toString();
  return service.exclusive(nodeName(action), async (node) => {
    if (!node.isSubscribed(jid)) throw notSubscribed();
    await service.store.unsubscribe(node.key, jid);
    service.nodes.unsubscribe(node, jid);
    return pubsub(xml('subscription', { node: node.name, jid, subscription: 'none' }));
  });
};

/** §6.1.3.1: the bare parts of `jid` and of the requester must be the same. */
function ownJid(action: Element, from: Jid): Jid {
  const text = action.attr('jid');
  if (text === undefined) throw refusal('bad-request', 'jid-required');
  const jid = parsedJid(text);
  if (!jid.bare().equals(from.bare())) throw refusal('bad-request', 'invalid-jid');
  return jid;
}

async function add(service: Service, node: Node, jid: Jid): Promise<void> {
  const session = jid.resource === '' ? 'untracked' : service.host.session(jid);
  switch (session) {
    case 'live':
      return service.nodes.subscribeSession(node, jid.toString());
    case 'over':
      throw new StanzaError('recipient-unavailable');
    case 'untracked':
      await service.store.subscribe(node.key, jid.toString());
      node.subscribe(jid.toString(), 'removed');
  }
}

/** §6.1.7: the newest item, stamped with its time (XEP-0203). */
async function sendLast(service: Service, node: Node, jid: string): Promise<void> {
  const [item] = await service.store.items(node.key, { max: 1, maxCharacters: Number.MAX_SAFE_INTEGER });
  if (item === undefined) return;
  const payload = item.payload === undefined ? undefined : parseElement(item.payload);
  const announced = itemElement(node.config, { ...item, payload });
  service.announcer.tell(node, jid, [
    event(xml('items', { node: node.name }, announced)),
    delayElement(new Date(item.publishedAt), service.host.domain),
  ]);
}
