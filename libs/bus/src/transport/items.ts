import { type Connection, type NodeAddress, type PubsubItem, readItems } from '@nestanza/xmpp';
import type { ItemsPage } from '../transport.js';
import { receivedItem } from './received-item.js';

const DEFAULT_PAGE = 100;

/** Marks cursors made here, for services that know no RSM: how many of the newest items were read before. */
const COUNTED = 'newest:';

/**
 * One page, newest first. The cursor is the service's own (XEP-0059 §2.3, backwards from the end); a service that
 * ignores result sets gets a growing window of its newest items instead.
 */
export async function fetchItems(
  connection: Connection,
  address: NodeAddress,
  { older, max = DEFAULT_PAGE }: { readonly older?: string; readonly max?: number },
): Promise<ItemsPage> {
  if (older?.startsWith(COUNTED))
    return window(connection, address, { seen: Number(older.slice(COUNTED.length)), max });
  const { items, rsm } = await readItems(connection, address, { rsm: { max, before: older ?? '' } });
  const page = newestFirst(items, address);
  if (rsm === undefined) {
    // The request for a page was ignored: this is everything, or all that the service gives at once.
    return page.length <= max
      ? { items: page, older: undefined }
      : { items: page.slice(0, max), older: `${COUNTED}${max}` };
  }
  const done = items.length < max || rsm.first === undefined || rsm.index === 0;
  return { items: page, older: done ? undefined : rsm.first };
}

async function window(
  connection: Connection,
  address: NodeAddress,
  { seen, max }: { readonly seen: number; readonly max: number },
): Promise<ItemsPage> {
  const { items } = await readItems(connection, address, { max: seen + max });
  const rest = newestFirst(items, address).slice(seen, seen + max);
  return { items: rest, older: rest.length < max ? undefined : `${COUNTED}${seen + rest.length}` };
}

/** Services answer in the order of publication (XEP-0060 §6.5.7). */
function newestFirst(items: readonly PubsubItem[], address: NodeAddress): ItemsPage['items'] {
  return items.map((item) => receivedItem(address, item)).reverse();
}
