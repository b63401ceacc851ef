import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { NS_MUC_ADMIN } from './names.js';
import { dismiss, show } from './presence-out.js';
import {
  affiliationVerdict,
  initialRole,
  isAffiliation,
  isAtLeast,
  isRole,
  mayStay,
  roleVerdict,
  type Affiliation,
  type Role,
  type Verdict,
} from './privileges.js';
import type { RoomService } from './room-service.js';
import type { Occupant, Room } from './room.js';

/** Changes in one request. */
const MAX_ITEMS = 100;

export interface AdminRequest {
  readonly room: Room;
  readonly from: Jid;
  readonly query: Element;
}

/** Lists of affiliations and roles (XEP-0045 §9, §10), for those alone who manage them. */
export function readLists({ room, from, query }: AdminRequest): Element {
  const item = query.child('item');
  const affiliation = item?.attr('affiliation');
  const role = item?.attr('role');
  if (isAffiliation(affiliation)) {
    if (!mayList(room, from, affiliation)) throw new StanzaError('forbidden');
    const jids = [...room.affiliations].filter(([, each]) => each === affiliation).map(([jid]) => jid);
    return list(jids.map((jid) => xml('item', { jid, affiliation })));
  }
  if (!isRole(role)) throw new StanzaError('bad-request');
  if (room.standing(from).role !== 'moderator') throw new StanzaError('forbidden');
  const occupants = room.occupants.filter((each) => each.role === role);
  return list(
    occupants.map(({ nick, jid }) =>
      xml('item', { nick, jid: jid.toString(), role, affiliation: room.affiliationOf(jid) }),
    ),
  );
}

/** §9.5: admins; and members of a non-anonymous members-only room, who see one another anyway. */
function mayList(room: Room, from: Jid, affiliation: Affiliation): boolean {
  const own = room.affiliationOf(from);
  if (isAtLeast(own, 'admin')) return true;
  const { membersOnly, whois } = room.config;
  return affiliation !== 'outcast' && membersOnly && whois === 'anyone' && isAtLeast(own, 'member');
}

/** Kicks, bans and grants (§8.2 to §10.8): all of a request or none. */
export async function writeLists(service: RoomService, request: AdminRequest): Promise<undefined> {
  const items = request.query.elements('item');
  if (items.length === 0 || items.length > MAX_ITEMS) throw new StanzaError('bad-request');
  const changes = items.map((item) => changeOf(service, request, item));
  if (changes.some(({ kind }) => kind === 'affiliation') && !hasOwner(request.room, changes))
    throw new StanzaError('conflict', { text: 'A room keeps one owner at least' }); // §10.5
  for (const change of changes) {
    if (change.kind === 'affiliation') request.room.affiliate(change.bare, change.affiliation);
  }
  await service.keep(request.room);
  const actor = request.room.occupant(request.from)?.nick;
  for (const change of changes) apply(service, request.room, { ...change, actor });
  return undefined;
}

interface RoleChange {
  readonly kind: 'role';
  readonly occupant: Occupant;
  readonly role: Role;
  readonly reason: string | undefined;
}

interface AffiliationChange {
  readonly kind: 'affiliation';
  readonly bare: string;
  readonly affiliation: Affiliation;
  readonly reason: string | undefined;
}

type Change = RoleChange | AffiliationChange;

function changeOf(service: RoomService, { room, from }: AdminRequest, item: Element): Change {
  const { affiliation, role, nick } = item.attributes;
  const reason = item.childText('reason');
  if (affiliation !== undefined) {
    if (!isAffiliation(affiliation)) throw new StanzaError('bad-request');
    const target = targetOf(room, item);
    const before = room.affiliationOf(target);
    enforce(affiliationVerdict(room.affiliationOf(from), before, affiliation));
    if (affiliation === 'outcast' && target.equals(from.bare())) throw new StanzaError('conflict'); // §9.1
    const grows = before === 'none' && affiliation !== 'none';
    if (grows && room.affiliations.size >= service.limits.affiliations) throw new StanzaError('resource-constraint');
    return { kind: 'affiliation', bare: target.toString(), affiliation, reason };
  }
  const occupant = room.nicknamed(nick ?? '');
  if (!isRole(role) || nick === undefined) throw new StanzaError('bad-request');
  if (occupant === undefined) throw new StanzaError('item-not-found');
  enforce(roleVerdict(room.standing(from), room.standing(occupant.jid), role));
  return { kind: 'role', occupant, role, reason };
}

/** By address; or by nickname, for who is there. */
function targetOf(room: Room, item: Element): Jid {
  const { jid, nick } = item.attributes;
  const occupant = jid === undefined ? room.nicknamed(nick ?? '') : undefined;
  if (occupant !== undefined) return occupant.jid.bare();
  if (jid === undefined) throw new StanzaError(nick === undefined ? 'bad-request' : 'item-not-found');
  try {
    return Jid.parse(jid).bare();
  } catch (cause) {
    throw new StanzaError('jid-malformed', { cause });
  }
}

function hasOwner(room: Room, changes: readonly Change[]): boolean {
  const after = new Map(room.affiliations);
  for (const change of changes) if (change.kind === 'affiliation') after.set(change.bare, change.affiliation);
  return [...after.values()].includes('owner');
}

function apply(service: RoomService, room: Room, change: Change & { readonly actor: string | undefined }): void {
  const { reason, actor } = change;
  if (change.kind === 'role') {
    const { occupant, role } = change;
    if (role === 'none') return dismiss(service, room, { occupant, statuses: [307], reason, actor }); // §8.2
    occupant.role = role;
    return show(service, room, { occupant, reason, actor });
  }
  for (const occupant of room.sessionsOf(change.bare)) {
    if (!mayStay(room.config, change.affiliation)) {
      // §9.1: banned; §9.4: no member of a members-only room any more.
      const statuses = [change.affiliation === 'outcast' ? 301 : 321];
      dismiss(service, room, { occupant, statuses, reason, actor });
    } else {
      occupant.role = initialRole(room.config, change.affiliation);
      show(service, room, { occupant, reason, actor });
    }
  }
}

function enforce(verdict: Verdict): void {
  if (verdict !== 'allowed') throw new StanzaError(verdict);
}

function list(items: readonly Element[]): Element {
  return xml('query', { xmlns: NS_MUC_ADMIN }, items);
}
