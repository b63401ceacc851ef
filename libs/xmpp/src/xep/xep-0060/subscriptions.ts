import type { Connection, RequestOptions } from '../../connection.js';
import { iqGet, iqSet } from '../../stanza/iq.js';
import { xml, type Element } from '../../xml/element.js';
import { NS_PUBSUB, type NodeAddress } from './model.js';

/** §4.2. */
export type SubscriptionState = 'none' | 'pending' | 'subscribed' | 'unconfigured';

const STATES: readonly string[] = [
  'none',
  'pending',
  'subscribed',
  'unconfigured',
] satisfies readonly SubscriptionState[];

export interface Subscription {
  readonly node: string;
  readonly jid: string;
  /** To be sent back where the service gave one (§6.1.5). */
  readonly subid: string | undefined;
  readonly state: SubscriptionState;
}

export interface Subscriber extends NodeAddress {
  /** The address to be notified: the own bare JID, so that every resource of it is. */
  readonly jid: string;
}

/**
 * Subscribes `jid` (§6.1). Repeating it is harmless.
 * @returns the subscription; its state may be `pending`
 * @throws StanzaError `item-not-found` for a node that does not exist, `not-authorized`, `forbidden`, …
 */
export async function subscribe(
  connection: Connection,
  { service, node, jid }: Subscriber,
  options?: RequestOptions,
): Promise<Subscription> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB }, xml('subscribe', { node, jid }));
  const result = await connection.request(iqSet({ to: service }, payload), options);
  const subscription = result.child('pubsub', NS_PUBSUB)?.child('subscription');
  return subscription === undefined
    ? { node, jid, subid: undefined, state: 'subscribed' }
    : readSubscription(subscription, node);
}

/**
 * Ends a subscription (§6.2).
 * @param subscriber.subid - needed where `jid` has several
 * @throws StanzaError `unexpected-request` where there is none, `item-not-found`, …
 */
export async function unsubscribe(
  connection: Connection,
  { service, node, jid, subid }: Subscriber & { readonly subid?: string },
  options?: RequestOptions,
): Promise<void> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB }, xml('unsubscribe', { node, jid, subid }));
  await connection.request(iqSet({ to: service }, payload), options);
}

/** The own subscriptions at a service, of one node where it is given (§5.6). */
export async function readSubscriptions(
  connection: Connection,
  { service, node }: { readonly service: string; readonly node?: string },
  options?: RequestOptions,
): Promise<Subscription[]> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB }, xml('subscriptions', { node }));
  const result = await connection.request(iqGet({ to: service }, payload), options);
  const list = result.child('pubsub', NS_PUBSUB)?.child('subscriptions');
  return (list?.elements('subscription') ?? []).map((entry) =>
    readSubscription(entry, list?.attr('node') ?? node ?? ''),
  );
}

function readSubscription(element: Element, node: string): Subscription {
  const state = element.attr('subscription') ?? 'subscribed';
  return {
    node: element.attr('node') ?? node,
    jid: element.attr('jid') ?? '',
    subid: element.attr('subid'),
    state: STATES.includes(state) ? (state as SubscriptionState) : 'none',
  };
}
