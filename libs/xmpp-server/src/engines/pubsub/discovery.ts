import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_PUBSUB, NS_RSM, xml } from '@nestanza/xmpp';
import { readDenial } from './access.js';
import { metaDataForm } from './config-form.js';
import { PUBSUB_FEATURES } from './names.js';
import { enforce } from './refusals.js';
import { cursorOf, pageRequest, pageResult, positionOf } from './rsm.js';
import type { Operation } from './service.js';

/** What the service is (XEP-0060 §5.1), or what a node is, with its meta-data (§5.3, §5.4). */
export const info: Operation = async (service, { from, action }) => {
  const name = action.attr('node');
  if (name === undefined) {
    return xml(
      'query',
      { xmlns: NS_DISCO_INFO },
      xml('identity', { category: 'pubsub', type: 'service', name: 'Publish-Subscribe' }),
      [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_RSM, NS_PING, ...PUBSUB_FEATURES].map((feature) =>
        xml('feature', { var: feature }),
      ),
    );
  }
  return service.shared(name, async (node) => {
    enforce(readDenial(node.config, service.standing(node, from)));
    const facts = { owners: node.owners(), subscribers: node.subscriberCount };
    return xml(
      'query',
      { xmlns: NS_DISCO_INFO, node: name },
      xml('identity', { category: 'pubsub', type: 'leaf', name: node.config.title || undefined }),
      [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PUBSUB].map((feature) => xml('feature', { var: feature })),
      metaDataForm(node.config, facts),
    );
  });
};

/** The service's nodes (§5.2), or a node's item ids (§5.5), a page at a time. */
export const contents: Operation = async (service, { from, action }) => {
  const name = action.attr('node');
  const page = pageRequest(action, service.limits.page);
  const max = page?.max ?? service.limits.page;
  const { domain: jid } = service.host;
  if (name === undefined) {
    const after = page?.after === undefined ? {} : { after: page.after };
    const nodes = await service.store.list({ ...after, max });
    const entries = nodes.map((node) => xml('item', { jid, node: node.name, name: node.title || undefined }));
    return xml('query', { xmlns: NS_DISCO_ITEMS }, entries, page && pageResult(nodes.map((node) => node.name)));
  }
  return service.shared(name, async (node) => {
    enforce(readDenial(node.config, service.standing(node, from)));
    const after = page?.after === undefined ? -1 : positionOf(page.after);
    const items = await service.store.items(node.key, { after, max, maxCharacters: Number.MAX_SAFE_INTEGER });
    const entries = items.map(({ id }) => xml('item', { jid, name: id }));
    const cursors = items.map(({ position }) => cursorOf(position));
    return xml('query', { xmlns: NS_DISCO_ITEMS, node: name }, entries, page && pageResult(cursors, node.itemCount));
  });
};
