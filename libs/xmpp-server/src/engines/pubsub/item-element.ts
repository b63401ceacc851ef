import { xml, type Element } from '@nestanza/xmpp';
import type { NodeConfig } from './node-config.js';

/** An `<item/>` as events and pages carry it: with its publisher where the node's configuration says so. */
export function itemElement(
  config: NodeConfig,
  item: { readonly id: string; readonly publisher: string; readonly payload: Element | undefined },
): Element {
  const publisher = config.itemReply === 'publisher' ? item.publisher : undefined;
  return xml('item', { id: item.id, publisher }, item.payload);
}
