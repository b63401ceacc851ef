import { xml } from '@nestanza/xmpp';
import type { ServerHost } from './host.js';

/**
 * Removes an account with all that belongs to it: its sessions end, its contacts see it gone, its roster, stored messages,
 * affiliations and subscriptions are deleted, so that a new account of this name sees nothing of the old one.
 * @returns false when there was none
 */
export async function removeAccount(host: ServerHost, name: string): Promise<boolean> {
  const own = host.account(name).toString();
  for (const session of host.sessions.of(name)) {
    session.close('not-authorized', 'The account was removed.');
    await host.ended(session);
  }
  const removed = await host.turns.run(name, async () => {
    const { items } = await host.rosters.open(name);
    const contacts = [...items.keys()];
    const existed = await host.accounts.remove(name);
    host.rosters.forget(name);
    for (const to of contacts) {
      for (const type of ['unsubscribe', 'unsubscribed']) {
        host.router.route(xml('presence', { xmlns: 'jabber:client', type, from: own, to }));
      }
    }
    return existed;
  });
  for (const engine of host.router.services().values()) await engine.accountDeleted(own);
  return removed;
}
