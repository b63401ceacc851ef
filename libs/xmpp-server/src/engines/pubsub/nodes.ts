import { uniqueId } from '@nestanza/core';
import { type Element, NS_DATA_FORMS, NS_PUBSUB_OWNER, xml } from '@nestanza/xmpp';
import { ownerDenial } from './access.js';
import { event } from './announcer.js';
import { applyConfigForm, configForm } from './config-form.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from './node-config.js';
import { enforce, refusal } from './refusals.js';
import { checkedId, nodeName, pubsub, type Operation } from './service.js';

/** Creates a node, configured in the same request where it says so (XEP-0060 §8.1); without a name it gets one (instant node). */
export const create: Operation = async (service, { from, payload, action }) => {
  if (!service.host.mayCreate(from)) throw refusal('forbidden');
  const name = checkedId(action.attr('node') || uniqueId());
  const config = submitted(payload.child('configure'), DEFAULT_NODE_CONFIG) ?? DEFAULT_NODE_CONFIG;
  await service.gates.exclusive(name, async () => {
    const owner = from.bare().toString();
    const node = await service.store.create({ name, config, owner, limit: service.limits.nodes });
    if (node === 'taken') throw refusal('conflict'); // §8.1.2: the node exists already
    if (node === 'full') throw refusal('resource-constraint');
    service.nodes.add(node);
  });
  return pubsub(xml('create', { node: name }));
};

/** Deletes a node with all that belongs to it (§8.4). */
export const remove: Operation = (service, { from, action }) =>
  service.exclusive(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    await service.store.remove(node.key);
    if (node.config.notifyDelete) service.announcer.announce(node, event(xml('delete', { node: node.name })));
    service.nodes.remove(node);
    return undefined;
  });

/** The owner's form, filled with the node's configuration (§8.2.1). */
export const readConfig: Operation = (service, { from, action }) =>
  service.shared(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    return owner(xml('configure', { node: node.name }, configForm(node.config)));
  });

/** Takes the owner's submitted form (§8.2.4); a cancelled one changes nothing. */
export const writeConfig: Operation = (service, { from, action }) =>
  service.exclusive(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    const config = submitted(action, node.config);
    if (config === undefined) return undefined;
    await service.store.configure(node.key, config);
    node.config = config;
    const surplus = node.itemCount - config.maxItems;
    if (surplus > 0) {
      await service.store.dropOldest(node.key, surplus);
      node.itemCount -= surplus;
    }
    if (config.notifyConfig)
      service.announcer.announce(node, event(xml('configuration', { node: node.name }, configForm(config))));
    return undefined;
  });

/** The form of a node created without one (§8.3). */
export const defaultConfig: Operation = async () => owner(xml('default', {}, configForm(DEFAULT_NODE_CONFIG)));

/** The configuration after the form in `parent`; `undefined` where the form is cancelled or there is none. */
function submitted(parent: Element | undefined, base: NodeConfig): NodeConfig | undefined {
  const form = parent?.child('x', NS_DATA_FORMS);
  if (form === undefined || form.attr('type') === 'cancel') return undefined;
  if (form.attr('type') !== 'submit') throw refusal('bad-request', undefined, 'The form must be of type submit');
  return applyConfigForm(base, form);
}

function owner(child: Element): Element {
  return xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, child);
}
