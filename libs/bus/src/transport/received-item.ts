import type { NodeAddress, PubsubItem } from '@nestanza/xmpp';
import type { ReceivedItem } from '../transport.js';

/** An item with where it came from; the stamped publisher may be a full JID (XEP-0060 §7.1.2.3), here it is bare. */
export function receivedItem({ service, node }: NodeAddress, { id, payload, publisher }: PubsubItem): ReceivedItem {
  return { service, node, id, payload, publisher: publisher?.split('/', 1)[0] };
}
