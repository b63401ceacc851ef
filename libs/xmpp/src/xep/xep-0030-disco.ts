// XEP-0030: Service Discovery, https://xmpp.org/extensions/xep-0030.html, version 2.5.0 (2024-04-30)
import type { Connection, RequestOptions, Unsubscribe } from '../connection.js';
import { iqGet } from '../stanza/iq.js';
import { xml, type Element } from '../xml/element.js';
import { NS_DATA_FORMS } from './xep-0004-forms.js';

export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';

/** What is asked: an entity, or a node of it. */
export interface DiscoTarget {
  readonly to?: string;
  readonly node?: string;
}

export interface DiscoIdentity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
}

export interface DiscoInfo {
  readonly identities: readonly DiscoIdentity[];
  readonly features: readonly string[];
  /** Extensions (XEP-0128), each a data form. */
  readonly forms?: readonly Element[];
}

export interface DiscoItem {
  readonly jid: string;
  readonly node: string | undefined;
  readonly name: string | undefined;
}

/**
 * What an entity is and can do (§3).
 * @throws StanzaError; NestanzaError `NST_XMPP_TIMEOUT`, `NST_XMPP_OFFLINE`
 */
export async function discoInfo(
  connection: Connection,
  { to, node }: DiscoTarget,
  options?: RequestOptions,
): Promise<DiscoInfo> {
  const result = await connection.request(iqGet({ to }, xml('query', { xmlns: NS_DISCO_INFO, node })), options);
  const query = result.child('query', NS_DISCO_INFO);
  return {
    identities: (query?.elements('identity', NS_DISCO_INFO) ?? []).map((identity) => ({
      category: identity.attr('category') ?? '',
      type: identity.attr('type') ?? '',
      name: identity.attr('name'),
    })),
    features: (query?.elements('feature', NS_DISCO_INFO) ?? []).flatMap((feature) => feature.attr('var') ?? []),
    forms: query?.elements('x', NS_DATA_FORMS) ?? [],
  };
}

/** What belongs to an entity or node (§4). Throws as `discoInfo` does. */
export async function discoItems(
  connection: Connection,
  { to, node }: DiscoTarget,
  options?: RequestOptions,
): Promise<DiscoItem[]> {
  const result = await connection.request(iqGet({ to }, xml('query', { xmlns: NS_DISCO_ITEMS, node })), options);
  const items = result.child('query', NS_DISCO_ITEMS)?.elements('item', NS_DISCO_ITEMS) ?? [];
  return items.flatMap((item) => {
    const jid = item.attr('jid');
    return jid === undefined ? [] : [{ jid, node: item.attr('node'), name: item.attr('name') }];
  });
}

/** The `<query/>` that answers a disco#info request. */
export function discoInfoResult(info: DiscoInfo, node?: string): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_INFO, node },
    info.identities.map(({ category, type, name }) => xml('identity', { category, type, name })),
    info.features.map((feature) => xml('feature', { var: feature })),
    info.forms ?? [],
  );
}

/**
 * Answers disco#info requests from now on.
 * @param describe - throw a `StanzaError` (`item-not-found`) for a node that does not exist
 */
export function answerDiscoInfo(
  connection: Connection,
  describe: (node: string | undefined, iq: Element) => DiscoInfo,
): Unsubscribe {
  return connection.onIq('get', { name: 'query', xmlns: NS_DISCO_INFO }, (iq) => {
    const node = iq.child('query', NS_DISCO_INFO)?.attr('node');
    return discoInfoResult(describe(node, iq), node);
  });
}
