import { NS_DATA_FORMS, StanzaError, xml, type Element } from '@nestanza/xmpp';
import type { AdminRequest } from './admin.js';
import { NS_MUC_OWNER, NS_MUC_USER } from './names.js';
import { dismiss, show } from './presence-out.js';
import { initialRole, mayStay } from './privileges.js';
import { applyRoomForm, roomForm, type RoomConfig } from './room-config.js';
import type { RoomService } from './room-service.js';
import type { Room } from './room.js';

/** The owner's form (XEP-0045 §10.2). */
export function readConfig({ room, from }: AdminRequest): Element {
  if (room.affiliationOf(from) !== 'owner') throw new StanzaError('forbidden');
  return xml('query', { xmlns: NS_MUC_OWNER }, roomForm(room.config));
}

/** Configures, unlocks or destroys a room (§10.1, §10.2, §10.9). */
export async function writeConfig(service: RoomService, { room, from, query }: AdminRequest): Promise<undefined> {
  if (room.affiliationOf(from) !== 'owner') throw new StanzaError('forbidden');
  const destruction = query.child('destroy');
  if (destruction !== undefined) return destroy(service, room, destruction);
  const form = query.child('x', NS_DATA_FORMS);
  switch (form?.attr('type')) {
    case 'cancel': // §10.1.3: a new room that nobody wants to configure goes
      if (room.locked) await destroy(service, room, xml('destroy', { xmlns: NS_MUC_OWNER }));
      return undefined;
    case 'submit':
      return configure(service, room, applyRoomForm(room.config, form!));
    default:
      throw new StanzaError('bad-request');
  }
}

async function configure(service: RoomService, room: Room, after: RoomConfig): Promise<undefined> {
  const before = room.config;
  const wasLocked = room.locked;
  if (after.persistent) await service.store.save({ ...room.stored, config: after });
  else if (before.persistent) await service.store.remove(room.name);
  room.config = after;
  room.locked = false;
  for (const occupant of room.occupants) {
    const affiliation = room.affiliationOf(occupant.jid);
    if (!mayStay(after, affiliation)) {
      dismiss(service, room, { occupant, statuses: [322] }); // §9.3: the room is for members now
    } else if (before.moderated !== after.moderated) {
      occupant.role = initialRole(after, affiliation);
      show(service, room, { occupant });
    }
  }
  if (!wasLocked) announce(service, room, statusesOf(before, after));
  return undefined;
}

/** §10.2.1. */
function statusesOf(before: RoomConfig, after: RoomConfig): readonly number[] {
  if (before.whois === after.whois) return [104];
  return [104, after.whois === 'anyone' ? 172 : 173];
}

function announce(service: RoomService, room: Room, statuses: readonly number[]): void {
  const codes = statuses.map((code) => xml('status', { code }));
  const message = xml(
    'message',
    { xmlns: 'jabber:client', from: room.address, type: 'groupchat' },
    xml('x', { xmlns: NS_MUC_USER }, codes),
  );
  for (const { jid } of room.occupants) service.host.send(message.with({ to: jid.toString() }));
}

async function destroy(service: RoomService, room: Room, request: Element): Promise<undefined> {
  await service.destroy(room);
  const words = xml(
    'destroy',
    { xmlns: NS_MUC_USER, jid: request.attr('jid') },
    request.child('reason') !== undefined && xml('reason', {}, request.childText('reason')),
  );
  for (const occupant of room.occupants) dismiss(service, room, { occupant, destroy: words });
  return undefined;
}
