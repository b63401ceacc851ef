import { xml, type Element } from '@nestanza/xmpp';
import { NS_MUC_USER } from './names.js';
import type { RoomService } from './room-service.js';
import type { Occupant, Room } from './room.js';

/** What is said of an occupant beside its item. */
export interface Shown {
  /** It is leaving, for whatever reason the statuses give. */
  readonly gone?: boolean;
  /** XEP-0045 §15.6, told to everybody. */
  readonly statuses?: readonly number[];
  /** Told to the occupant alone, beside 110. */
  readonly ownStatuses?: readonly number[];
  /** The nickname it changes to. */
  readonly newNick?: string;
  readonly reason?: string | undefined;
  /** Nickname of who did it. */
  readonly actor?: string | undefined;
  readonly destroy?: Element;
}

/** Tells everybody in the room of one occupant: the others first, then itself with status 110 (§7.2.2). */
export function show(service: RoomService, room: Room, { occupant, ...shown }: Shown & { occupant: Occupant }): void {
  for (const other of room.occupants) {
    if (other !== occupant) service.host.send(presence(room, { occupant, viewer: other, shown }));
  }
  service.host.send(presence(room, { occupant, viewer: occupant, shown }));
}

/** Tells somebody who has entered of all who were there before (§7.2.3). */
export function showOthers(service: RoomService, room: Room, viewer: Occupant): void {
  for (const occupant of room.occupants) {
    if (occupant !== viewer) service.host.send(presence(room, { occupant, viewer, shown: {} }));
  }
}

/** Takes an occupant out and tells everybody, itself included. */
export function dismiss(
  service: RoomService,
  room: Room,
  { occupant, ...shown }: Shown & { occupant: Occupant },
): void {
  show(service, room, { ...shown, occupant, gone: true });
  room.leave(occupant);
  service.release(room);
}

function presence(
  room: Room,
  { occupant, viewer, shown }: { occupant: Occupant; viewer: Occupant; shown: Shown },
): Element {
  const isSelf = occupant === viewer;
  const seesJid = isSelf || room.config.whois === 'anyone' || viewer.role === 'moderator';
  const affiliation = room.affiliationOf(occupant.jid);
  const statuses = [...(shown.statuses ?? []), ...(isSelf ? [110, ...(shown.ownStatuses ?? [])] : [])];
  const item = xml(
    'item',
    {
      affiliation,
      role: shown.gone === true && shown.newNick === undefined ? 'none' : occupant.role,
      nick: shown.newNick,
      jid: seesJid ? occupant.jid.toString() : undefined,
    },
    shown.actor !== undefined && xml('actor', { nick: shown.actor }),
    shown.reason !== undefined && xml('reason', {}, shown.reason),
  );
  return xml(
    'presence',
    {
      xmlns: 'jabber:client',
      from: `${room.address}/${occupant.nick}`,
      to: viewer.jid.toString(),
      type: shown.gone === true ? 'unavailable' : undefined,
    },
    shown.gone === true ? [] : occupant.shows,
    xml(
      'x',
      { xmlns: NS_MUC_USER },
      item,
      shown.destroy,
      statuses.map((code) => xml('status', { code })),
    ),
  );
}
