import { type Connection, xml } from '@nestanza/xmpp';
import type { ItemsPage } from '../transport.js';
import { type NodePlace, requestItems } from './pubsub.js';

/** XEP-0059 "Result Set Management", https://xmpp.org/extensions/xep-0059.html, version 1.0 (2006-09-20). */
const NS_RSM = 'http://jabber.org/protocol/rsm';

const DEFAULT_PAGE = 100;

/** Marks cursors made here, for services that know no RSM: how many of the newest items were read before. */
const COUNTED = 'newest:';

/**
 * One page, newest first. The cursor is the service's own (RSM §2.3, backwards from the end); a service that ignores
 * RSM gets a growing window of its newest items instead.
 */
export async function fetchItems(
  connection: Connection,
  place: NodePlace,
  { older, max = DEFAULT_PAGE }: { readonly older?: string; readonly max?: number },
): Promise<ItemsPage> {
  if (older?.startsWith(COUNTED)) return window(connection, place, { seen: Number(older.slice(COUNTED.length)), max });
  const set = xml('set', { xmlns: NS_RSM }, xml('max', {}, max), xml('before', {}, older));
  const { items, pubsub } = await requestItems(connection, place, { set });
  const answered = pubsub?.child('set', NS_RSM);
  if (answered === undefined) {
    // No RSM: this was everything the service keeps, or all it gives at once.
    if (items.length <= max) return { items: newestFirst(items, place), older: undefined };
    return { items: newestFirst(items, place).slice(0, max), older: `${COUNTED}${max}` };
  }
  const first = answered.child('first');
  const done = items.length < max || first === undefined || first.attr('index') === '0';
  return { items: newestFirst(items, place), older: done ? undefined : first.text };
}

async function window(
  connection: Connection,
  place: NodePlace,
  { seen, max }: { readonly seen: number; readonly max: number },
): Promise<ItemsPage> {
  const { items } = await requestItems(connection, place, { maxItems: seen + max });
  const rest = newestFirst(items, place).slice(seen, seen + max);
  return { items: rest, older: rest.length < max ? undefined : `${COUNTED}${seen + rest.length}` };
}

/** Services answer in the order of publication (XEP-0060 §6.5.7). */
function newestFirst(
  items: Awaited<ReturnType<typeof requestItems>>['items'],
  { service, node }: NodePlace,
): ItemsPage['items'] {
  return items.map((item) => ({ service, node, ...item })).reverse();
}
