import { type Element, NS_PUBSUB_OWNER, xml } from '@nestanza/xmpp';
import { AFFILIATIONS, ownerDenial, type Affiliation } from './access.js';
import type { Node } from './node.js';
import { enforce, refusal } from './refusals.js';
import { nodeName, parsedJid, pubsub, type Operation, type Service } from './service.js';

/** The requester's own subscriptions, all or those to one node (XEP-0060 §5.6). */
export const ownSubscriptions: Operation = async (service, { from, action }) => {
  const bare = from.bare().toString();
  const stored = await service.store.subscriptionsOf(bare);
  const found = [...stored, ...service.nodes.sessionSubscriptionsOf(bare)];
  const only = action.attr('node');
  return pubsub(
    xml(
      'subscriptions',
      { node: only },
      found
        .filter(({ node }) => only === undefined || node === only)
        .map(({ node, jid }) => xml('subscription', { node, jid, subscription: 'subscribed' })),
    ),
  );
};

/** The requester's own affiliations, all or that with one node (§5.7). */
export const ownAffiliations: Operation = async (service, { from, action }) => {
  const found = await service.store.affiliationsOf(from.bare().toString());
  const only = action.attr('node');
  return pubsub(
    xml(
      'affiliations',
      { node: only },
      found
        .filter(({ node }) => only === undefined || node === only)
        .map(({ node, value }) => xml('affiliation', { node, affiliation: value })),
    ),
  );
};

/** Who is affiliated with an owner's node (§8.9.1). */
export const readAffiliations: Operation = (service, { from, action }) =>
  service.shared(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    const entries = [...node.affiliations].map(([jid, affiliation]) => xml('affiliation', { jid, affiliation }));
    return xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('affiliations', { node: node.name }, entries));
  });

/** Changes affiliations, all of them or none (§8.9.2). An outcast's subscriptions end. The last owner cannot go. */
export const writeAffiliations: Operation = (service, { from, action }) =>
  service.exclusive(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    const changes = new Map(action.elements('affiliation').map(affiliationChange));
    const after = new Map([...node.affiliations, ...changes]);
    if (![...after.values()].includes('owner'))
      throw refusal('not-acceptable', undefined, 'A node keeps one owner at least');
    if (after.size > service.limits.affiliationsPerNode) throw refusal('resource-constraint');
    for (const [jid, affiliation] of changes) {
      await service.store.affiliate(node.key, jid, affiliation);
      node.affiliate(jid, affiliation);
      if (affiliation === 'outcast') await endSubscriptions(service, node, jid);
    }
    return undefined;
  });

/** Who is subscribed to an owner's node (§8.8.1). */
export const readSubscriptions: Operation = (service, { from, action }) =>
  service.shared(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    const entries = node.subscribers().map((jid) => xml('subscription', { jid, subscription: 'subscribed' }));
    return xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('subscriptions', { node: node.name }, entries));
  });

/** Adds or ends others' subscriptions (§8.8.2). */
export const writeSubscriptions: Operation = (service, { from, action }) =>
  service.exclusive(nodeName(action), async (node) => {
    enforce(ownerDenial(service.standing(node, from)));
    const changes = action.elements('subscription').map(subscriptionChange);
    const added = changes.filter(({ jid, subscribed }) => subscribed && !node.isSubscribed(jid));
    if (node.subscriberCount + added.length > service.limits.subscriptionsPerNode) {
      throw refusal('policy-violation', 'too-many-subscriptions');
    }
    for (const { jid, subscribed } of changes) {
      if (subscribed) {
        await service.store.subscribe(node.key, jid);
        node.subscribe(jid, 'removed');
      } else {
        await service.store.unsubscribe(node.key, jid);
        service.nodes.unsubscribe(node, jid);
      }
    }
    return undefined;
  });

/** Ends every subscription of an account to a node. */
async function endSubscriptions(service: Service, node: Node, bare: string): Promise<void> {
  for (const jid of node.subscriptionsOf(bare)) {
    await service.store.unsubscribe(node.key, jid);
    service.nodes.unsubscribe(node, jid);
  }
}

function affiliationChange(element: Element): [string, Affiliation] {
  const affiliation = AFFILIATIONS.find((known) => known === element.attr('affiliation'));
  if (affiliation === undefined) throw refusal('bad-request', undefined, 'Unknown affiliation');
  return [
    parsedJid(element.attr('jid') ?? '')
      .bare()
      .toString(),
    affiliation,
  ];
}

function subscriptionChange(element: Element): { jid: string; subscribed: boolean } {
  const state = element.attr('subscription');
  if (state !== 'subscribed' && state !== 'none') throw refusal('bad-request', undefined, 'Unknown subscription state');
  return { jid: parsedJid(element.attr('jid') ?? '').toString(), subscribed: state === 'subscribed' };
}
