import type { Connection, RequestOptions } from '../../connection.js';
import { iqGet, iqSet } from '../../stanza/iq.js';
import { xml, type Element } from '../../xml/element.js';
import { submitForm, type FormValues } from '../xep-0004-forms.js';
import { readRsmResult, rsmRequest, type RsmRequest, type RsmResult } from '../xep-0059-rsm.js';
import { NS_PUBSUB, PUBLISH_OPTIONS, readItem, type NodeAddress, type PubsubItem } from './model.js';

export interface PublishOptions extends RequestOptions {
  /** Default: the service chooses. */
  readonly id?: string;
  /** At most one: services disagree about two (§7.1.2). */
  readonly payload?: Element;
  /** Preconditions (§7.1.5), such as `{ 'pubsub#access_model': 'open' }`. */
  readonly publishOptions?: FormValues;
}

/**
 * Publishes one item; resolves with its id once the service has it (§7.1). A repeated id replaces the item and notifies
 * again.
 * @throws StanzaError `item-not-found` for a node that does not exist, `forbidden`, `payload-too-big`, …
 */
export async function publishItem(
  connection: Connection,
  { service, node }: NodeAddress,
  options: PublishOptions = {},
): Promise<string> {
  const { id, payload, publishOptions } = options;
  const result = await connection.request(
    iqSet(
      { to: service },
      xml(
        'pubsub',
        { xmlns: NS_PUBSUB },
        xml('publish', { node }, xml('item', { id }, payload)),
        publishOptions !== undefined && xml('publish-options', {}, submitForm(PUBLISH_OPTIONS, publishOptions)),
      ),
    ),
    options,
  );
  const published = result.child('pubsub', NS_PUBSUB)?.child('publish')?.child('item')?.attr('id');
  return published ?? id ?? '';
}

/**
 * Deletes one item (§7.2).
 * @param options.notify - tell the subscribers. Default `true`
 * @throws StanzaError `item-not-found`, `forbidden`, …
 */
export async function retractItem(
  connection: Connection,
  { service, node, id }: NodeAddress & { readonly id: string },
  { notify = true, ...options }: RequestOptions & { readonly notify?: boolean } = {},
): Promise<void> {
  const payload = xml(
    'pubsub',
    { xmlns: NS_PUBSUB },
    xml('retract', { node, notify: notify ? '1' : undefined }, xml('item', { id })),
  );
  await connection.request(iqSet({ to: service }, payload), options);
}

export interface ItemsOptions extends RequestOptions {
  /** The newest so many (§6.5.7). */
  readonly max?: number;
  /** These alone (§6.5.8). */
  readonly ids?: readonly string[];
  /** A page (§6.5.4); a service without RSM returns everything and no result set. */
  readonly rsm?: RsmRequest;
}

export interface ItemsResult {
  /** In the order of the service. */
  readonly items: readonly PubsubItem[];
  readonly rsm: RsmResult | undefined;
}

/** Items of a node (§6.5). @throws StanzaError `item-not-found`, `forbidden`, `not-allowed`, … */
export async function readItems(
  connection: Connection,
  { service, node }: NodeAddress,
  options: ItemsOptions = {},
): Promise<ItemsResult> {
  const { max, ids = [], rsm } = options;
  const wanted = ids.map((id) => xml('item', { id }));
  const payload = xml(
    'pubsub',
    { xmlns: NS_PUBSUB },
    xml('items', { node, max_items: max }, wanted),
    rsm !== undefined && rsmRequest(rsm),
  );
  const result = (await connection.request(iqGet({ to: service }, payload), options)).child('pubsub', NS_PUBSUB);
  return {
    items: (result?.child('items')?.elements('item', NS_PUBSUB) ?? []).map(readItem),
    rsm: result && readRsmResult(result),
  };
}
