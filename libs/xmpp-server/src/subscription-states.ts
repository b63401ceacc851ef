import type { RosterItem, Subscription } from './store/roster.store.js';

/** RFC 6121 §3 and appendix A, as pure functions over one roster item. */

export type SubscriptionType = 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';

export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return type === 'subscribe' || type === 'subscribed' || type === 'unsubscribe' || type === 'unsubscribed';
}

export interface Transition {
  readonly item: RosterItem;
  /** Outbound: the stanza goes on to the contact. Inbound: it is shown to the user. */
  readonly passes: boolean;
  /** Who may see the account's presence has changed: `granted` sends it, `withdrawn` sends unavailable. */
  readonly presence?: 'granted' | 'withdrawn';
  /** What the server answers on the user's behalf. */
  readonly reply?: 'subscribed';
}

export function newItem(jid: string): RosterItem {
  return { jid, name: undefined, groups: [], subscription: 'none', ask: false, request: undefined, listed: false };
}

/** The user sends a subscription stanza to the contact (appendix A.2). */
export function outbound(item: RosterItem, type: SubscriptionType): Transition {
  switch (type) {
    case 'subscribe': // always routed (§3.1.2): the contact's side may have forgotten
      return { item: { ...item, listed: true, ask: !hasTo(item.subscription) }, passes: true };
    case 'subscribed': // only what was asked for is granted (§3.1.5)
      if (item.request === undefined) return { item, passes: false };
      return {
        item: { ...item, listed: true, request: undefined, subscription: withFrom(item.subscription) },
        passes: true,
        presence: 'granted',
      };
    case 'unsubscribe':
      return { item: { ...item, ask: false, subscription: withoutTo(item.subscription) }, passes: true };
    case 'unsubscribed': {
      const had = hasFrom(item.subscription);
      return {
        item: { ...item, request: undefined, subscription: withoutFrom(item.subscription) },
        passes: had || item.request !== undefined,
        ...(had && { presence: 'withdrawn' as const }),
      };
    }
  }
}

/** The contact's subscription stanza reaches the user (appendix A.3). @param stanza - it, as XML, kept while it waits */
export function inbound(item: RosterItem, type: SubscriptionType, stanza: string): Transition {
  switch (type) {
    case 'subscribe':
      if (hasFrom(item.subscription)) return { item, passes: false, reply: 'subscribed' }; // §3.1.3
      return { item: { ...item, request: item.request ?? stanza }, passes: item.request === undefined };
    case 'subscribed':
      if (!item.ask) return { item, passes: false };
      return { item: { ...item, ask: false, subscription: withTo(item.subscription) }, passes: true };
    case 'unsubscribe': {
      const had = hasFrom(item.subscription);
      return {
        item: { ...item, request: undefined, subscription: withoutFrom(item.subscription) },
        passes: had || item.request !== undefined,
        ...(had && { presence: 'withdrawn' as const }),
      };
    }
    case 'unsubscribed':
      return {
        item: { ...item, ask: false, subscription: withoutTo(item.subscription) },
        passes: item.ask || hasTo(item.subscription),
      };
  }
}

export function hasTo(subscription: Subscription): boolean {
  return subscription === 'to' || subscription === 'both';
}

export function hasFrom(subscription: Subscription): boolean {
  return subscription === 'from' || subscription === 'both';
}

function subscriptionOf(to: boolean, from: boolean): Subscription {
  if (to && from) return 'both';
  if (to) return 'to';
  return from ? 'from' : 'none';
}

const withTo = (subscription: Subscription) => subscriptionOf(true, hasFrom(subscription));
const withFrom = (subscription: Subscription) => subscriptionOf(hasTo(subscription), true);
const withoutTo = (subscription: Subscription) => subscriptionOf(false, hasFrom(subscription));
const withoutFrom = (subscription: Subscription) => subscriptionOf(hasTo(subscription), false);
