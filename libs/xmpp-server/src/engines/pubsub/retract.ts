import { xml } from '@nestanza/xmpp';
import { ownerDenial, publishDenial, retractDenial } from './access.js';
import { event } from './announcer.js';
import { enforce, refusal } from './refusals.js';
import { nodeName, type Operation } from './service.js';

/** Deletes one item (XEP-0060 §7.2); subscribers hear of it where the request or the node's configuration says so. */
export const retract: Operation = (service, { from, action }) => {
  const name = nodeName(action);
  const items = action.elements('item');
  const id = items[0]?.attr('id');
  if (items.length > 1) throw refusal('bad-request', 'invalid-payload', 'One item a retract');
  if (id === undefined || id === '') throw refusal('bad-request', 'item-required'); // §7.2.3.4
  return service.exclusive(name, async (node) => {
    const standing = service.standing(node, from);
    enforce(standing.affiliation === 'owner' ? undefined : publishDenial(node.config, standing));
    const item = await service.store.item(node.key, id);
    if (item === undefined) throw refusal('item-not-found'); // §7.2.3.3
    enforce(retractDenial(node.config, standing, item.publisher === from.bare().toString()));
    await service.store.retract(node.key, id);
    node.itemCount -= 1;
    if (['true', '1'].includes(action.attr('notify') ?? '') || node.config.notifyRetract) {
      service.announcer.announce(node, event(xml('items', { node: node.name }, xml('retract', { id }))));
    }
    return undefined;
  });
};

/** Deletes every item (§8.5). */
export const purge: Operation = (service, { from, action }) =>
  service.exclusive(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    await service.store.purge(node.key);
    node.itemCount = 0;
    if (node.config.notifyRetract) service.announcer.announce(node, event(xml('purge', { node: node.name })));
    return undefined;
  });
