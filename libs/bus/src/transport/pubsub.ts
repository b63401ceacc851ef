/** XEP-0060 "Publish-Subscribe", https://xmpp.org/extensions/xep-0060.html, version 1.30.0, as far as the bus uses it. */
import { type Connection, type Element, iqGet, iqSet, type RequestOptions, xml } from '@nestanza/xmpp';

const NS = 'http://jabber.org/protocol/pubsub';
const NS_EVENT = `${NS}#event`;

/** A node at its service. */
export interface NodePlace {
  readonly service: string;
  readonly node: string;
}

export interface PubsubItem {
  readonly id: string;
  readonly payload: Element | undefined;
  readonly publisher: string | undefined;
}

/** §7.1; one item a request, since services disagree about more. */
export async function publishItem(
  connection: Connection,
  { service, node }: NodePlace,
  { id, payload }: { readonly id: string; readonly payload: Element },
): Promise<void> {
  const publish = xml('publish', { node }, xml('item', { id }, payload));
  await connection.request(iqSet({ to: service }, xml('pubsub', { xmlns: NS }, publish)));
}

/** §6.1; a repeated subscription of one JID changes nothing. */
export async function subscribeTo(connection: Connection, { service, node }: NodePlace, jid: string): Promise<void> {
  await connection.request(iqSet({ to: service }, xml('pubsub', { xmlns: NS }, xml('subscribe', { node, jid }))));
}

/** §6.5 with an optional `<set/>` of XEP-0059 beside the items. */
export async function requestItems(
  connection: Connection,
  { service, node }: NodePlace,
  { maxItems, set, ...options }: { readonly maxItems?: number; readonly set?: Element } & RequestOptions,
): Promise<{ readonly items: readonly PubsubItem[]; readonly pubsub: Element | undefined }> {
  const query = xml('pubsub', { xmlns: NS }, xml('items', { node, max_items: maxItems }), set);
  const answer = await connection.request(iqGet({ to: service }, query), options);
  const pubsub = answer.child('pubsub', NS);
  return { items: readItems(pubsub?.child('items')), pubsub };
}

/** The items that a notification brings; `undefined` for any other message. */
export function itemsOf(
  message: Element,
): { readonly node: string; readonly items: readonly PubsubItem[] } | undefined {
  const items = message.child('event', NS_EVENT)?.child('items');
  const node = items?.attr('node');
  return node === undefined ? undefined : { node, items: readItems(items) };
}

function readItems(items: Element | undefined): readonly PubsubItem[] {
  return (items?.elements('item') ?? []).map((item) => ({
    id: item.attr('id') ?? '',
    payload: item.elements()[0],
    publisher: bareOf(item.attr('publisher')),
  }));
}

/** §7.1.2.3: the stamped publisher may be a full JID. */
function bareOf(jid: string | undefined): string | undefined {
  return jid?.split('/', 1)[0];
}
