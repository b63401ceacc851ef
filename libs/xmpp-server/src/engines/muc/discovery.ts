import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, StanzaError, xml, type Element, type Jid } from '@nestanza/xmpp';
import { dataForm } from '../data-form.js';
import { NS_CONFERENCE, NS_MUC, NS_STABLE_ID, ROOM_INFO, SELF_PING } from './names.js';
import { mayStay } from './privileges.js';
import type { RoomService } from './room-service.js';
import type { Room } from './room.js';

/** What the service is (XEP-0045 §6.2). */
export function serviceInfo(): Element {
  const features = [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_MUC, NS_CONFERENCE, SELF_PING];
  return info(undefined, { name: 'Rooms', features });
}

/** Public rooms (§6.3): those in use and those that are stored. */
export async function serviceItems(service: RoomService): Promise<Element> {
  const stored = await service.store.listPublic({ max: service.limits.page });
  const names = new Map(stored.map(({ name, title }) => [name, title]));
  for (const { name, config, locked } of service.loaded()) {
    if (config.public && !locked) names.set(name, config.name);
    else names.delete(name);
  }
  const items = [...names]
    .slice(0, service.limits.page)
    .map(([name, title]) => xml('item', { jid: `${name}@${service.host.domain}`, name: title || name }));
  return xml('query', { xmlns: NS_DISCO_ITEMS }, items);
}

/** What a room is (§6.4). */
export function roomInfo(room: Room): Element {
  const { config } = room;
  const features = [
    NS_MUC,
    NS_STABLE_ID,
    SELF_PING,
    config.public ? 'muc_public' : 'muc_hidden',
    config.membersOnly ? 'muc_membersonly' : 'muc_open',
    config.moderated ? 'muc_moderated' : 'muc_unmoderated',
    config.persistent ? 'muc_persistent' : 'muc_temporary',
    config.password === '' ? 'muc_unsecured' : 'muc_passwordprotected',
    config.whois === 'anyone' ? 'muc_nonanonymous' : 'muc_semianonymous',
  ];
  const field = (name: string, value: string) => ({
    name: `muc#roominfo_${name}`,
    type: 'text-single' as const,
    value,
  });
  const form = dataForm('result', ROOM_INFO, [
    field('description', config.description),
    field('subject', room.subject),
    field('occupants', String(room.size)),
  ]);
  return info(form, { name: config.name || room.name, features });
}

/** Who is in a public room (§6.5); nobody is shown of one that the asker may not enter. */
export function roomItems(room: Room, from: Jid): Element {
  const sees =
    room.occupant(from) !== undefined || (room.config.public && mayStay(room.config, room.affiliationOf(from)));
  const items = sees
    ? room.occupants.map(({ nick }) => xml('item', { jid: `${room.address}/${nick}`, name: nick }))
    : [];
  return xml('query', { xmlns: NS_DISCO_ITEMS }, items);
}

/** No registration, so nobody has a nickname of theirs (§6.6); other nodes there are none. */
export function refuseNode(query: Element): void {
  if (query.attr('node') !== undefined) throw new StanzaError('item-not-found');
}

function info(form: Element | undefined, { name, features }: { name: string; features: readonly string[] }): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_INFO },
    xml('identity', { category: 'conference', type: 'text', name }),
    features.map((feature) => xml('feature', { var: feature })),
    form,
  );
}
