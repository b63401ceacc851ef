import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import type { ServerHost, ServerModule } from '../host.js';
import type { IqRequest } from '../iq-table.js';
import { itemElement, removeItem, ROSTER, saveItem } from '../roster-push.js';
import type { RosterItem } from '../store/roster.store.js';
import { hasFrom, hasTo, newItem } from '../subscription-states.js';

/** RFC 6121 §2.1.2.5, §2.1.2.6: most bytes of a group or name. */
const MAX_NAME_BYTES = 1_023;
const MAX_GROUPS = 64;

/** RFC 6121 §2: the roster, read (with versions, §2.6), set and removed by its own account alone. */
export const roster: ServerModule = {
  name: 'roster',
  setup(host) {
    const query = { at: 'own account', name: 'query', xmlns: ROSTER } as const;
    host.iq.answer({ ...query, type: 'get' }, (request) =>
      host.turns.run(request.from.local, () => read(host, request)),
    );
    host.iq.answer({ ...query, type: 'set' }, (request) =>
      host.turns.run(request.from.local, () => change(host, request)),
    );
  },
};

/** A session that asks becomes interested. An unchanged roster is answered by an empty result (§2.6.3). */
async function read(host: ServerHost, { from, payload }: IqRequest): Promise<Element | undefined> {
  const { version, items } = await host.rosters.open(from.local);
  const session = host.sessions.find(from.local, from.resource);
  if (session !== undefined) session.interested = true;
  if (payload.attr('ver') === String(version)) return undefined;
  const listed = [...items.values()].filter((item) => item.listed);
  return xml('query', { xmlns: ROSTER, ver: version }, listed.map(itemElement));
}

async function change(host: ServerHost, { from, payload }: IqRequest): Promise<undefined> {
  const entries = payload.elements('item', ROSTER);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new StanzaError('bad-request'); // §2.3.3
  const jid = contactOf(entry, from);
  const { items } = await host.rosters.open(from.local);
  const item = items.get(jid.toString());
  if (entry.attr('subscription') === 'remove') return remove(host, from.local, item);
  if (item === undefined && items.size >= host.limits.rosterItems) throw new StanzaError('resource-constraint');
  const name = entry.attr('name');
  if (name !== undefined && Buffer.byteLength(name) > MAX_NAME_BYTES) throw new StanzaError('not-acceptable');
  const groups = groupsOf(entry);
  await saveItem(host, from.local, {
    ...(item ?? newItem(jid.toString())),
    name: name || undefined,
    groups,
    listed: true,
  });
  return undefined;
}

/** §2.5.1: the contact goes, and with it every subscription in either direction. */
async function remove(host: ServerHost, account: string, item: RosterItem | undefined): Promise<undefined> {
  if (item?.listed !== true) throw new StanzaError('item-not-found');
  await removeItem(host, account, item.jid);
  const own = host.account(account).toString();
  const tell = (type: string, from = own) =>
    host.router.route(xml('presence', { xmlns: 'jabber:client', type, from, to: item.jid }));
  if (hasTo(item.subscription) || item.ask) tell('unsubscribe');
  if (hasFrom(item.subscription) || item.request !== undefined) tell('unsubscribed');
  if (hasFrom(item.subscription)) {
    for (const session of host.sessions.available(account)) tell('unavailable', session.jid.toString());
  }
  return undefined;
}

function contactOf(entry: Element, from: Jid): Jid {
  const text = entry.attr('jid');
  if (text === undefined) throw new StanzaError('bad-request');
  let jid: Jid;
  try {
    jid = Jid.parse(text).bare();
  } catch (cause) {
    throw new StanzaError('jid-malformed', { cause });
  }
  if (jid.equals(from.bare())) throw new StanzaError('not-allowed', { text: 'That is your own address' });
  return jid;
}

function groupsOf(entry: Element): readonly string[] {
  const groups = entry.elements('group', ROSTER).map((group) => group.text);
  if (new Set(groups).size !== groups.length) throw new StanzaError('bad-request'); // §2.3.3: duplicate groups
  const wrong = groups.some((group) => group === '' || Buffer.byteLength(group) > MAX_NAME_BYTES);
  if (wrong || groups.length > MAX_GROUPS) throw new StanzaError('not-acceptable');
  return groups;
}
