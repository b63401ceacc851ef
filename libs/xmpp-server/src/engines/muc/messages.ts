import { uniqueId } from '@nestanza/core';
import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { invite, declined } from './invite.js';
import { NS_MUC_USER, NS_OCCUPANT_ID, NS_STABLE_ID } from './names.js';
import { dismiss } from './presence-out.js';
import type { RoomService, Visit } from './room-service.js';
import type { Occupant, Room } from './room.js';

/** Conditions by which an occupant's server says that nobody is there (XEP-0045 §7.14, as deployed). */
const GONE = ['gone', 'item-not-found', 'recipient-unavailable', 'remote-server-not-found', 'service-unavailable'];

/** A message to a room, or to somebody in it (§7.4, §7.5, §7.8, §8.1). */
export async function takeMessage(service: RoomService, visit: Visit): Promise<void> {
  const { stanza, from, to } = visit;
  const type = stanza.attr('type') ?? 'normal';
  if (type === 'error') return bounced(service, await service.find(to.local), visit);
  const room = await service.existing(to.local);
  const words = stanza.child('x', NS_MUC_USER);
  if (to.resource === '' && type !== 'groupchat' && words?.child('decline') !== undefined) {
    return declined(service, room, visit);
  }
  const occupant = room.occupant(from);
  if (occupant === undefined) throw new StanzaError('not-acceptable'); // §7.4
  if (to.resource !== '') return whisper(service, room, { visit, occupant });
  if (type !== 'groupchat') {
    if (words?.child('invite') === undefined) throw new StanzaError('bad-request');
    return invite(service, room, { visit, occupant });
  }
  if (isSubject(stanza)) return setSubject(service, room, { stanza, occupant });
  if (occupant.role === 'visitor') throw new StanzaError('forbidden'); // §7.4: no voice
  say(service, room, { stanza, occupant });
}

/** Reflects a message to everybody, its sender included, with its id. */
function say(service: RoomService, room: Room, { stanza, occupant }: Spoken): void {
  const id = xml('stanza-id', { xmlns: NS_STABLE_ID, by: room.address, id: uniqueId() });
  const said = xml(
    'message',
    { xmlns: 'jabber:client', id: stanza.attr('id'), from: `${room.address}/${occupant.nick}`, type: 'groupchat' },
    honest(room, stanza),
    id,
  );
  for (const { jid } of room.occupants) service.host.send(said.with({ to: jid.toString() }));
  if (stanza.child('body') !== undefined) room.history.add(said, service.host.clock.now());
}

/** §7.5: to one occupant, marked as private. */
function whisper(service: RoomService, room: Room, { visit: { stanza, to }, occupant }: Addressed): void {
  if (stanza.attr('type') === 'groupchat') throw new StanzaError('bad-request');
  const target = room.nicknamed(to.resource);
  if (target === undefined) throw new StanzaError('item-not-found');
  const children = honest(room, stanza).filter((child) => !child.is('x', NS_MUC_USER));
  service.host.send(
    stanza
      .withChildren(children, xml('x', { xmlns: NS_MUC_USER }))
      .with({ from: `${room.address}/${occupant.nick}`, to: target.jid.toString() }),
  );
}

/** §8.1. */
async function setSubject(service: RoomService, room: Room, { stanza, occupant }: Spoken): Promise<void> {
  const may = occupant.role === 'moderator' || (room.config.openSubject && occupant.role === 'participant');
  if (!may) throw new StanzaError('forbidden');
  room.subject = stanza.childText('subject')!;
  room.subjectBy = occupant.nick;
  await service.keep(room);
  say(service, room, { stanza, occupant });
}

/** A message of ours came back: the occupant is not there any more, whatever its presence said. */
function bounced(service: RoomService, room: Room | undefined, { stanza, from }: Visit): void {
  const occupant = room?.occupant(from);
  if (room === undefined || occupant === undefined) return;
  if (GONE.includes(StanzaError.fromElement(stanza).condition))
    dismiss(service, room, { occupant, statuses: [307, 333] });
}

/** §8.1: a subject alone changes it; one beside a body is talk. */
function isSubject(stanza: Element): boolean {
  return (
    stanza.child('subject') !== undefined && stanza.child('body') === undefined && stanza.child('thread') === undefined
  );
}

/** The children without those by which a sender would speak for the room (XEP-0359 §6, XEP-0421 §4). */
function honest(room: Room, stanza: Element): readonly Element[] {
  return stanza
    .elements()
    .filter((child) => !child.is('occupant-id', NS_OCCUPANT_ID))
    .filter((child) => !(child.is('stanza-id', NS_STABLE_ID) && isBy(child, room.address)));
}

function isBy(child: Element, address: string): boolean {
  try {
    return Jid.parse(child.attr('by') ?? '').toString() === address;
  } catch {
    return true; // a claim that nobody can read is no claim worth passing on
  }
}

interface Spoken {
  readonly stanza: Element;
  readonly occupant: Occupant;
}

interface Addressed {
  readonly visit: Visit;
  readonly occupant: Occupant;
}
