import { Jid, xml, type Element } from '@nestanza/xmpp';
import type { ServerHost, ServerModule } from '../host.js';
import { priorityOf, type Session } from '../session.js';
import { hasFrom, hasTo, isSubscriptionType } from '../subscription-states.js';

/** RFC 6121 §4: who is available, told to those who may know, and asked of those who may be asked. */
export const presence: ServerModule = {
  name: 'presence',
  setup(host) {
    host.hooks.presenceOut.on(({ session, to, stanza }) => {
      if (to === undefined) return host.turn(session.jid.local, () => broadcast(host, session, stanza));
      if (!isSubscriptionType(stanza.attr('type'))) direct(host, session, { to, stanza });
      return undefined;
    });
    host.hooks.presenceIn.on(({ account, from, stanza }) => {
      if (stanza.attr('type') !== 'probe') return false;
      void host.turn(account, () => answerProbe(host, account, from));
      return true;
    });
    host.hooks.sessionEnded.on(({ session }) =>
      host.turn(session.jid.local, () => withdraw(host, session, unavailable(session))),
    );
  },
};

async function broadcast(host: ServerHost, session: Session, stanza: Element): Promise<void> {
  switch (stanza.attr('type')) {
    case undefined:
      return announce(host, session, stanza);
    case 'unavailable':
      return withdraw(host, session, stanza);
    default: // without `to` no other type means anything
      return;
  }
}

/** §4.2, §4.4. What waits for the account is given before anything new can come by priority. */
async function announce(host: ServerHost, session: Session, stanza: Element): Promise<void> {
  const account = session.jid.local;
  const { items } = await host.rosters.open(account);
  const isInitial = session.presence === undefined;
  if (isInitial) await host.hooks.available.tell({ session });
  if (session.priority < 0 && priorityOf(stanza) >= 0) await host.hooks.reachable.tell({ session });
  if (session.state === 'ended') return;
  session.presence = stanza.detached();
  const contacts = [...items.values()];
  share(host, session, {
    stanza,
    contacts: contacts.filter(({ subscription }) => hasFrom(subscription)).map(({ jid }) => jid),
  });
  if (!isInitial) return;
  for (const other of host.sessions.available(account)) {
    if (other !== session) session.send(other.presence!.with({ to: session.jid.toString() }));
  }
  for (const { jid, subscription } of contacts) {
    if (!hasTo(subscription)) continue;
    host.router.route(
      xml('presence', { xmlns: 'jabber:client', type: 'probe', from: session.jid.toString(), to: jid }),
    );
  }
}

/** §4.5: unavailable to all who saw it available, those it told directly included (§4.6.3). */
async function withdraw(host: ServerHost, session: Session, stanza: Element): Promise<void> {
  const told = [...session.directed];
  session.directed.clear();
  const wasAvailable = session.presence !== undefined;
  session.presence = undefined;
  const { items } = await host.rosters.open(session.jid.local);
  const subscribed = [...items.values()].filter(({ subscription }) => hasFrom(subscription)).map(({ jid }) => jid);
  const others = told.filter((jid) => !subscribed.includes(Jid.parse(jid).bare().toString()) || !wasAvailable);
  if (wasAvailable) share(host, session, { stanza, contacts: [...subscribed, ...others] });
  else for (const to of others) host.router.route(stanza.with({ to }));
}

/** To the contacts, and to every available session of the account itself, its own included (§4.2.2). */
function share(
  host: ServerHost,
  session: Session,
  { stanza, contacts }: { stanza: Element; contacts: readonly string[] },
): void {
  const account = session.jid.local;
  for (const to of contacts) {
    if (!host.hooks.sharing.claim({ account, contact: to })) host.router.route(stanza.with({ to }));
  }
  host.router.route(stanza.with({ to: session.jid.bare().toString() }));
}

/** §4.6: to one address, whatever the roster says. */
function direct(host: ServerHost, session: Session, { to, stanza }: { to: Jid; stanza: Element }): void {
  const address = to.toString();
  const type = stanza.attr('type');
  session.directed.delete(address);
  if (type === undefined) session.directed.add(address);
  const [oldest] = session.directed;
  if (session.directed.size > host.limits.directedPresence) session.directed.delete(oldest!);
  host.router.route(type === 'probe' ? stanza.with({ from: session.jid.toString() }) : stanza);
}

/** §4.3.2: only a contact that is subscribed is answered, with what each available session last said. */
async function answerProbe(host: ServerHost, account: string, from: Jid): Promise<void> {
  const sessions = host.sessions.available(account);
  if (sessions.length === 0) return;
  const { items } = await host.rosters.open(account);
  const item = items.get(from.bare().toString());
  const isOwn = from.bare().equals(host.account(account));
  if (!isOwn && !hasFrom(item?.subscription ?? 'none')) return;
  for (const session of sessions) host.router.route(session.presence!.with({ to: from.toString() }));
}

function unavailable(session: Session): Element {
  return xml('presence', { xmlns: 'jabber:client', type: 'unavailable', from: session.jid.toString() });
}
