import { uniqueId } from '@nestanza/core';
import { xml, type Element } from '@nestanza/xmpp';
import type { ServerHost } from './host.js';
import type { RosterItem } from './store/roster.store.js';

/** RFC 6121 §2. */
export const ROSTER = 'jabber:iq:roster';

/** A contact as its user sees it (§2.1.2). */
export function itemElement({ jid, name, groups, subscription, ask }: RosterItem): Element {
  return xml(
    'item',
    { jid, name, subscription, ask: ask ? 'subscribe' : undefined },
    groups.map((group) => xml('group', {}, group)),
  );
}

/**
 * Stores a contact and tells the user's interested sessions (§2.1.6). One that is not listed is nobody's business, and one
 * that holds nothing any more is removed. Only from the account's turn.
 */
export async function saveItem(host: ServerHost, account: string, item: RosterItem): Promise<void> {
  const { items } = await host.rosters.open(account);
  const before = items.get(item.jid);
  if (isEmpty(item)) {
    if (before !== undefined) await host.rosters.remove(account, item.jid);
    return;
  }
  await host.rosters.put(account, item);
  if (item.listed && !looksLike(before, item)) await pushItem(host, account, itemElement(item));
}

/** Removes a contact and tells the interested sessions. Only from the account's turn. */
export async function removeItem(host: ServerHost, account: string, jid: string): Promise<void> {
  await host.rosters.remove(account, jid);
  await pushItem(host, account, xml('item', { jid, subscription: 'remove' }));
}

async function pushItem(host: ServerHost, account: string, item: Element): Promise<void> {
  const { version } = await host.rosters.open(account);
  const query = xml('query', { xmlns: ROSTER, ver: version }, item);
  for (const session of host.sessions.of(account)) {
    if (!session.interested) continue;
    session.send(xml('iq', { xmlns: 'jabber:client', type: 'set', id: uniqueId(), to: session.jid.toString() }, query));
  }
}

function isEmpty({ listed, request }: RosterItem): boolean {
  return !listed && request === undefined;
}

function looksLike(before: RosterItem | undefined, after: RosterItem): boolean {
  if (before?.listed !== true) return false;
  return (
    before.name === after.name &&
    before.subscription === after.subscription &&
    before.ask === after.ask &&
    before.groups.join('\n') === after.groups.join('\n')
  );
}
