import { Jid, xml, type Element } from '@nestanza/xmpp';
import { parseElement, serialize } from '@nestanza/xmpp/internal';
import type { AccountPresence } from '../hooks.js';
import type { ServerHost, ServerModule } from '../host.js';
import { saveItem } from '../roster-push.js';
import type { Session } from '../session.js';
import {
  inbound,
  isSubscriptionType,
  newItem,
  outbound,
  type SubscriptionType,
  type Transition,
} from '../subscription-states.js';

/** RFC 6121 §3: subscriptions to presence between accounts, also of those that are away. */
export const subscriptions: ServerModule = {
  name: 'subscriptions',
  setup(host) {
    host.hooks.presenceOut.on(({ session, to, stanza }) => {
      const type = stanza.attr('type');
      if (to === undefined || !isSubscriptionType(type)) return undefined;
      return host.turn(session.jid.local, () => send(host, { session, to: to.bare(), stanza, type }));
    });
    host.hooks.presenceIn.on((event) => {
      const type = event.stanza.attr('type');
      if (!isSubscriptionType(type)) return false;
      void host.turn(event.account, () => receive(host, event, type));
      return true;
    });
    host.hooks.available.on(({ session }) => redeliver(host, session));
  },
};

interface Outgoing {
  readonly session: Session;
  readonly to: Jid;
  readonly stanza: Element;
  readonly type: SubscriptionType;
}

async function send(host: ServerHost, { session, to, stanza, type }: Outgoing): Promise<void> {
  const account = session.jid.local;
  const own = session.jid.bare();
  if (to.equals(own)) return;
  const { items } = await host.rosters.open(account);
  if (!items.has(to.toString()) && items.size >= host.limits.rosterItems) return;
  const transition = outbound(items.get(to.toString()) ?? newItem(to.toString()), type);
  await saveItem(host, account, transition.item);
  // §3.1.2: from the bare JID, to the bare JID.
  if (transition.passes) host.router.route(stanza.with({ from: own.toString(), to: to.toString() }));
  sharePresence(host, { account, contact: to }, transition);
}

async function receive(
  host: ServerHost,
  { account, from, to, stanza }: AccountPresence,
  type: SubscriptionType,
): Promise<void> {
  const contact = from.bare().toString();
  // §8.5.1: to an account that does not exist it is silently ignored.
  if ((await host.accounts.find(account)) === undefined) return;
  const { items } = await host.rosters.open(account);
  if (!items.has(contact) && (type !== 'subscribe' || items.size >= host.limits.rosterItems)) return;
  const transition = inbound(items.get(contact) ?? newItem(contact), type, serialize(stanza));
  if (transition.passes) {
    // §3.1.3: requests go to available sessions; §3.1.6 and the like: changes go to interested ones.
    const sessions =
      type === 'subscribe'
        ? host.sessions.available(account)
        : host.sessions.of(account).filter(({ interested }) => interested);
    for (const session of sessions) session.send(stanza);
  }
  await saveItem(host, account, transition.item);
  const own = to.bare().toString();
  if (transition.reply !== undefined) {
    host.router.route(xml('presence', { xmlns: 'jabber:client', type: transition.reply, from: own, to: contact }));
  }
  sharePresence(host, { account, contact: from.bare() }, transition);
}

/** §3.1.5, §3.2.2: who was granted the subscription sees the account now; who lost it sees it go. */
function sharePresence(
  host: ServerHost,
  { account, contact }: { readonly account: string; readonly contact: Jid },
  { presence, reply }: Transition,
): void {
  if (presence === undefined && reply === undefined) return;
  if (host.hooks.sharing.claim({ account, contact: contact.toString() })) return;
  for (const session of host.sessions.available(account)) {
    const stanza =
      presence === 'withdrawn'
        ? xml('presence', { xmlns: 'jabber:client', type: 'unavailable', from: session.jid.toString() })
        : session.presence!;
    host.router.route(stanza.with({ to: contact.toString() }));
  }
}

/**
 * §3.1.3: whole requests that still wait for an answer, again at each login; and those of local accounts that were made
 * before this account existed.
 */
async function redeliver(host: ServerHost, session: Session): Promise<void> {
  const account = session.jid.local;
  const own = session.jid.bare();
  const { items } = await host.rosters.open(account);
  for (const { request } of items.values()) if (request !== undefined) session.send(parseElement(request));
  for (const asker of await host.rosters.askers(own.toString())) {
    const from = host.account(asker);
    if (items.get(from.toString())?.request !== undefined) continue;
    const stanza = xml('presence', {
      xmlns: 'jabber:client',
      type: 'subscribe',
      from: from.toString(),
      to: own.toString(),
    });
    // In a turn of its own, after this one: by then the session is available and is shown the request.
    void host.turn(account, () => receive(host, { account, from, to: own, stanza }, 'subscribe'));
  }
}
