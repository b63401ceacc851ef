import { type Connection, type NodeAddress } from '@nestanza/xmpp';
import { accepts, readFields } from '../provisioning/node-fields.js';

const MAX_ITEMS = 'pubsub#max_items';

/** A service that takes this number is taken to keep that many. */
const PLENTY = 1_000_000;

/**
 * How many items a node keeps at most. "max" is asked for first; where the service gives the word back instead of its
 * number, the largest number that it takes is found by halving. The node is left with "max".
 */
export async function keptItems(connection: Connection, address: NodeAddress): Promise<number | undefined> {
  const set = (value: string) => accepts(connection, address, { [MAX_ITEMS]: value });
  const takesMax = await set('max');
  const said = (await readFields(connection, address))[MAX_ITEMS];
  if (said === undefined) return undefined;
  if (said !== 'max') return Number.isInteger(Number(said)) ? Number(said) : undefined;
  const most = await largest(PLENTY, (count) => set(String(count)));
  if (takesMax) await set('max');
  return most;
}

/** The largest number up to `limit` that is taken, where every smaller one is taken, too. */
async function largest(limit: number, isTaken: (count: number) => Promise<boolean>): Promise<number> {
  if (await isTaken(limit)) return limit;
  let [low, high] = [0, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isTaken(middle)) low = middle;
    else high = middle;
  }
  return low;
}
