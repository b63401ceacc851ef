// XEP-0060: Publish-Subscribe, https://xmpp.org/extensions/xep-0060.html, version 1.30.0 (2025-11-11)
import type { Element } from '../../xml/element.js';

export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_PUBSUB_EVENT = 'http://jabber.org/protocol/pubsub#event';
export const NS_PUBSUB_OWNER = 'http://jabber.org/protocol/pubsub#owner';
export const NS_PUBSUB_ERRORS = 'http://jabber.org/protocol/pubsub#errors';
/** FORM_TYPEs of §16.4. */
export const NODE_CONFIG = 'http://jabber.org/protocol/pubsub#node_config';
export const PUBLISH_OPTIONS = 'http://jabber.org/protocol/pubsub#publish-options';

/** A node and the service it is at. Node ids are compared code unit by code unit. */
export interface NodeAddress {
  readonly service: string;
  readonly node: string;
}

export interface PubsubItem {
  readonly id: string;
  readonly payload: Element | undefined;
  /** Only where the service stamps it (§12.21): a publisher cannot be trusted to say who it is. */
  readonly publisher: string | undefined;
}

/** §4.1. */
export type Affiliation = 'member' | 'none' | 'outcast' | 'owner' | 'publish-only' | 'publisher';

const AFFILIATIONS: readonly string[] = [
  'member',
  'none',
  'outcast',
  'owner',
  'publish-only',
  'publisher',
] satisfies readonly Affiliation[];

export function isAffiliation(text: string | undefined): text is Affiliation {
  return text !== undefined && AFFILIATIONS.includes(text);
}

/** An `<item/>` of a page or of a notification; an id is missing only in notifications without items stored. */
export function readItem(item: Element): PubsubItem {
  return { id: item.attr('id') ?? '', payload: item.elements()[0], publisher: item.attr('publisher') };
}
