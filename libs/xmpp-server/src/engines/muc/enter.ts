import { NS_DELAY, StanzaError, xml, type Element, type Jid } from '@nestanza/xmpp';
import { NS_MUC, NS_MUC_USER } from './names.js';
import { dismiss, show, showOthers } from './presence-out.js';
import { isAtLeast, mayStay } from './privileges.js';
import type { RoomService, Visit } from './room-service.js';
import type { Room } from './room.js';

/** Presence to a room (XEP-0045 §7.2 to §7.14): entering, changing status or nickname, leaving. */
export async function takePresence(service: RoomService, visit: Visit): Promise<void> {
  const { stanza, from, to } = visit;
  const room = await service.find(to.local);
  const occupant = room?.occupant(from);
  switch (stanza.attr('type')) {
    case undefined: {
      if (room === undefined || occupant === undefined) return enter(service, visit, room);
      if (to.resource === '') throw new StanzaError('jid-malformed');
      if (to.resource !== occupant.nick) return rename(service, room, visit);
      occupant.shows = shownBy(stanza);
      // Entering again after a lost stream: the client gets everything anew (§7.2.1, XEP-0410 §3).
      if (stanza.child('x', NS_MUC) === undefined) return show(service, room, { occupant });
      return welcome(service, room, { visit, created: false });
    }
    case 'unavailable': {
      if (room === undefined || occupant === undefined) return;
      const reason = stanza.childText('status');
      return dismiss(service, room, { occupant, ...(reason !== undefined && { reason }) });
    }
    case 'error': // whoever cannot be reached is not there
      if (room !== undefined && occupant !== undefined) dismiss(service, room, { occupant, statuses: [333] });
      return;
    default:
      return;
  }
}

async function enter(service: RoomService, visit: Visit, present: Room | undefined): Promise<void> {
  const { stanza, from, to } = visit;
  const request = stanza.child('x', NS_MUC);
  if (to.resource === '') throw new StanzaError('jid-malformed'); // §7.2.1
  // §7.2: without the request it is an occupant's presence, and there is no such occupant.
  if (request === undefined) throw new StanzaError('not-acceptable');
  if (service.host.session(from) === 'over') return;
  const room = present ?? (await service.create(to.local, from));
  const created = present === undefined;
  if (!created) admit(room, { from, nick: to.resource, password: request.childText('password') });
  room.enter(from, to.resource, shownBy(stanza));
  welcome(service, room, { visit, created });
}

/** @throws StanzaError in the order of XEP-0045 §7.2.5 to §7.2.10 */
function admit(
  room: Room,
  { from, nick, password }: { readonly from: Jid; readonly nick: string; readonly password: string | undefined },
): void {
  const affiliation = room.affiliationOf(from);
  if (room.locked && affiliation !== 'owner') throw new StanzaError('item-not-found'); // §10.1.1
  if (affiliation === 'outcast') throw new StanzaError('forbidden');
  if (!mayStay(room.config, affiliation)) throw new StanzaError('registration-required');
  const isFree = room.config.password === '' || affiliation === 'owner';
  if (!isFree && password !== room.config.password) throw new StanzaError('not-authorized');
  if (room.nicknamed(nick) !== undefined) throw new StanzaError('conflict');
  if (room.size >= room.config.maxUsers && !isAtLeast(affiliation, 'admin'))
    throw new StanzaError('service-unavailable');
}

/** §7.2.2: the others, the occupant itself, what was said, and the subject, in this order. */
function welcome(
  service: RoomService,
  room: Room,
  { visit: { stanza, from }, created }: { readonly visit: Visit; readonly created: boolean },
): void {
  const occupant = room.occupant(from)!;
  showOthers(service, room, occupant);
  const ownStatuses = [...(created ? [201] : []), ...(room.config.whois === 'anyone' ? [100] : [])];
  show(service, room, { occupant, ownStatuses });
  const to = from.toString();
  const wish = stanza.child('x', NS_MUC)?.child('history');
  const said = room.history.since(wish, { room: room.address, now: service.host.clock.now() });
  for (const message of said) service.host.send(message.with({ to }));
  service.host.send(subjectOf(room).with({ to }));
}

/** §7.2.15: always sent, also empty. */
function subjectOf(room: Room): Element {
  const from = room.subjectBy === undefined ? room.address : `${room.address}/${room.subjectBy}`;
  return xml('message', { xmlns: 'jabber:client', from, type: 'groupchat' }, xml('subject', {}, room.subject));
}

/** §7.6: the old nickname leaves with status 303, the new one appears. */
function rename(service: RoomService, room: Room, { stanza, from, to }: Visit): void {
  const occupant = room.occupant(from)!;
  if (room.nicknamed(to.resource) !== undefined) throw new StanzaError('conflict');
  show(service, room, { occupant, gone: true, newNick: to.resource, statuses: [303] });
  room.rename(occupant, to.resource);
  occupant.shows = shownBy(stanza);
  show(service, room, { occupant });
}

/** What an occupant's presence may hold: not the room's own words. */
function shownBy(presence: Element): readonly Element[] {
  return presence
    .elements()
    .filter(
      ({ xmlns, name }) => xmlns !== NS_MUC && xmlns !== NS_MUC_USER && !(name === 'delay' && xmlns === NS_DELAY),
    );
}
