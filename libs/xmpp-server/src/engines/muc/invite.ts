import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { NS_CONFERENCE, NS_MUC_USER } from './names.js';
import { isAtLeast } from './privileges.js';
import type { RoomService, Visit } from './room-service.js';
import type { Occupant, Room } from './room.js';

/** Invitations of one message. */
const MAX_INVITED = 20;

/** §7.8.2: the room passes invitations on. In a members-only room they make members, so it is for admins unless open. */
export async function invite(
  service: RoomService,
  room: Room,
  { visit: { stanza, from }, occupant }: { readonly visit: Visit; readonly occupant: Occupant },
): Promise<void> {
  const invitations = stanza.child('x', NS_MUC_USER)!.elements('invite').map(invitationOf);
  if (invitations.length > MAX_INVITED) throw new StanzaError('policy-violation');
  const may = room.config.openInvites || occupant.role === 'moderator';
  if (room.config.membersOnly && !may) throw new StanzaError('forbidden');
  for (const { to, reason } of invitations) {
    const bare = to.bare().toString();
    if (room.affiliationOf(to) === 'outcast') throw new StanzaError('not-allowed');
    if (room.config.membersOnly && !isAtLeast(room.affiliationOf(to), 'member')) {
      if (room.affiliations.size >= service.limits.affiliations) throw new StanzaError('resource-constraint');
      room.affiliate(bare, 'member');
      await service.keep(room);
    }
    service.host.send(invitation(room, { from: from.bare().toString(), to: to.toString(), reason }));
  }
}

/** §7.8.2: the invitee says no, to who invited. */
export function declined(service: RoomService, room: Room, { stanza, from }: Visit): void {
  const decline = stanza.child('x', NS_MUC_USER)!.child('decline')!;
  const { to, reason } = invitationOf(decline);
  const inviter = room.occupants.find(({ jid }) => jid.equals(to) || jid.bare().equals(to));
  // Only to somebody in the room: it is no way to send messages to strangers.
  if (inviter === undefined) throw new StanzaError('item-not-found');
  service.host.send(
    xml(
      'message',
      { xmlns: 'jabber:client', from: room.address, to: inviter.jid.toString() },
      xml('x', { xmlns: NS_MUC_USER }, xml('decline', { from: from.bare().toString() }, reason)),
    ),
  );
}

/** Mediated, and in the words of XEP-0249 for clients that know only those. */
function invitation(
  room: Room,
  { from, to, reason }: { readonly from: string; readonly to: string; readonly reason: Element | undefined },
): Element {
  const password = room.config.password || undefined;
  return xml(
    'message',
    { xmlns: 'jabber:client', from: room.address, to },
    xml(
      'x',
      { xmlns: NS_MUC_USER },
      xml('invite', { from }, reason),
      password !== undefined && xml('password', {}, password),
    ),
    xml('x', { xmlns: NS_CONFERENCE, jid: room.address, password, reason: reason?.text }),
  );
}

function invitationOf(element: Element): { readonly to: Jid; readonly reason: Element | undefined } {
  try {
    return { to: Jid.parse(element.attr('to') ?? ''), reason: element.child('reason') };
  } catch (cause) {
    throw new StanzaError('jid-malformed', { cause });
  }
}
