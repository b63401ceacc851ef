import { xml, type Element } from '@nestanza/xmpp';
import { parseElement } from '@nestanza/xmpp/internal';
import type { ItemWindow, StoredItem } from '../../store/pubsub.store.js';
import { readDenial } from './access.js';
import { itemElement } from './item-element.js';
import type { Node } from './node.js';
import { enforce, refusal } from './refusals.js';
import { cursorOf, pageRequest, pageResult, positionOf, type PageRequest } from './rsm.js';
import { nodeName, pubsub, type Operation, type Request, type Service } from './service.js';

/**
 * Reads items (XEP-0060 §6.5), in the order of publication. Without `<set/>` or `max_items` it is the newest that fit into one
 * reply; the reply's `<set/>` tells how many there are in all and where to go on.
 */
export const items: Operation = (service, request) =>
  service.shared(nodeName(request.action), async (node) => {
    enforce(readDenial(node.config, service.standing(node, request.from)));
    const wanted = request.action.elements('item');
    if (wanted.length > 0) return byId(service, node, wanted);
    const page = await pageOf(service, node, request);
    return pubsub(
      xml(
        'items',
        { node: node.name },
        page.map((item) => stored(node, item)),
      ),
      pageResult(
        page.map(({ position }) => cursorOf(position)),
        node.itemCount,
      ),
    );
  });

/** Items by id (§6.5.8): those that exist. */
async function byId(service: Service, node: Node, wanted: readonly Element[]): Promise<Element> {
  const found: StoredItem[] = [];
  let characters = 0;
  for (const { attributes } of wanted.slice(0, service.limits.page)) {
    const item = attributes.id === undefined ? undefined : await service.store.item(node.key, attributes.id);
    if (item === undefined) continue;
    characters += item.payload?.length ?? 0;
    if (found.length > 0 && characters > service.limits.pageCharacters) break;
    found.push(item);
  }
  return pubsub(
    xml(
      'items',
      { node: node.name },
      found.map((item) => stored(node, item)),
    ),
  );
}

function pageOf(service: Service, node: Node, { payload, action }: Request): Promise<readonly StoredItem[]> {
  const set = pageRequest(payload, service.limits.page);
  const newest = action.attr('max_items');
  if (newest !== undefined && !/^\d{1,9}$/.test(newest))
    throw refusal('bad-request', undefined, 'max_items is no number');
  const max = Math.min(set?.max ?? service.limits.page, newest === undefined ? service.limits.page : Number(newest));
  if (max === 0) return Promise.resolve([]);
  return service.store.items(node.key, { ...windowOf(set), max, maxCharacters: service.limits.pageCharacters });
}

/** §6.5.4 with XEP-0059 §2: a bare `<set/>` pages forward from the oldest, an empty `<before/>` is the newest page. */
function windowOf(set: PageRequest | undefined): Pick<ItemWindow, 'after' | 'before'> {
  if (set?.before !== undefined) return set.before === '' ? {} : { before: positionOf(set.before) };
  if (set?.after !== undefined) return { after: positionOf(set.after) };
  return set === undefined ? {} : { after: -1 };
}

function stored(node: Node, { id, publisher, payload }: StoredItem): Element {
  return itemElement(node.config, {
    id,
    publisher,
    payload: payload === undefined ? undefined : parseElement(payload),
  });
}
