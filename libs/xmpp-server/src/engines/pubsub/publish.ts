import { uniqueId } from '@nestanza/core';
import { type Element, type Jid, NS_DATA_FORMS, xml } from '@nestanza/xmpp';
import { serialize } from '@nestanza/xmpp/internal';
import type { NewItem } from '../../store/pubsub.store.js';
import { publishDenial } from './access.js';
import { event } from './announcer.js';
import { checkPublishOptions } from './config-form.js';
import { itemElement } from './item-element.js';
import type { Node } from './node.js';
import { enforce, refusal } from './refusals.js';
import { checkedId, nodeName, pubsub, type Operation, type Service } from './service.js';

/**
 * Publishes one item (XEP-0060 §7.1): stored, then told to every subscriber, then confirmed. Publishes to one node keep
 * their order; they do not wait for one another's commit.
 */
export const publish: Operation = (service, { from, payload, action }) =>
  service.shared(nodeName(action), async (node) => {
    enforce(publishDenial(node.config, service.standing(node, from)));
    const options = payload.child('publish-options')?.child('x', NS_DATA_FORMS);
    if (options !== undefined) checkPublishOptions(node.config, options);
    const item = checkedItem(node, action, from);
    if (node.config.persistItems) await keep(service, node, item.stored);
    service.announcer.announce(node, event(xml('items', { node: node.name }, item.announced)));
    return pubsub(xml('publish', { node: node.name }, xml('item', { id: item.stored.id })));
  });

/** The item as stored and as subscribers see it. @throws StanzaError as §7.1.3 says */
function checkedItem(node: Node, action: Element, from: Jid): { stored: NewItem; announced: Element } {
  const items = action.elements('item');
  if (items.length > 1) throw refusal('bad-request', 'invalid-payload', 'One item a publish');
  const [item] = items;
  if (item === undefined) throw refusal('bad-request', 'item-required');
  const payloads = item.elements();
  const payload = payloads[0];
  if (payloads.length > 1) throw refusal('bad-request', 'invalid-payload', 'One payload element an item');
  if (payload === undefined && node.config.deliverPayloads) throw refusal('bad-request', 'payload-required');
  if (payload !== undefined && node.config.type !== '' && payload.xmlns !== node.config.type) {
    throw refusal('bad-request', 'invalid-payload', `The payload's namespace must be ${node.config.type}`);
  }
  const id = checkedId(item.attr('id') || uniqueId());
  const text = payload && serialize(payload);
  if (text !== undefined && Buffer.byteLength(text) > node.config.maxPayloadSize)
    throw refusal('not-acceptable', 'payload-too-big');
  const publisher = from.bare().toString();
  return {
    stored: { id, publisher, payload: text },
    announced: itemElement(node.config, { id, publisher, payload: node.config.deliverPayloads ? payload : undefined }),
  };
}

async function keep(service: Service, node: Node, item: NewItem): Promise<void> {
  const { replaced } = await service.store.publish(node.key, item);
  if (!replaced) node.itemCount += 1;
  const surplus = node.itemCount - node.config.maxItems;
  if (surplus <= 0) return;
  node.itemCount -= surplus;
  await service.store.dropOldest(node.key, surplus);
}
