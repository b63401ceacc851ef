import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, resultReply, StanzaError, type Element } from '@nestanza/xmpp';
import { readLists, writeLists } from './admin.js';
import { refuseNode, roomInfo, roomItems, serviceInfo, serviceItems } from './discovery.js';
import { NS_MUC_ADMIN, NS_MUC_OWNER } from './names.js';
import { readConfig, writeConfig } from './owner.js';
import type { RoomService, Visit } from './room-service.js';
import type { Room } from './room.js';

/** An IQ request to the service, a room, or somebody in it. */
export async function takeIq(service: RoomService, visit: Visit): Promise<void> {
  const { stanza, to } = visit;
  const type = stanza.attr('type');
  if (type === 'result' || type === 'error') return passReply(service, visit);
  const payload = stanza.elements()[0];
  if ((type !== 'get' && type !== 'set') || payload === undefined) throw new StanzaError('bad-request');
  const answer = (result: Element | undefined) => service.host.send(resultReply(stanza, result));
  if (to.local === '') return answer(await ofService(service, visit, payload));
  if (to.resource !== '') return toOccupant(service, visit, payload);
  answer(await ofRoom(service, visit, payload));
}

async function ofService(service: RoomService, { stanza }: Visit, query: Element): Promise<Element | undefined> {
  if (stanza.attr('type') === 'get') {
    if (query.is('ping', NS_PING)) return undefined;
    refuseNode(query);
    if (query.is('query', NS_DISCO_INFO)) return serviceInfo();
    if (query.is('query', NS_DISCO_ITEMS)) return serviceItems(service);
  }
  throw new StanzaError('service-unavailable');
}

async function ofRoom(service: RoomService, { stanza, from, to }: Visit, query: Element): Promise<Element | undefined> {
  const found = await service.find(to.local);
  // A locked room is there for its owner alone, who configures it.
  const room = found?.locked === true && found.affiliationOf(from) !== 'owner' ? undefined : found;
  if (room === undefined) throw new StanzaError('item-not-found');
  const request = { room, from, query };
  switch (`${stanza.attr('type')} ${query.xmlns}`) {
    case `get ${NS_DISCO_INFO}`:
      refuseNode(query);
      return roomInfo(room);
    case `get ${NS_DISCO_ITEMS}`:
      refuseNode(query);
      return roomItems(room, from);
    case `get ${NS_PING}`:
      return undefined;
    case `get ${NS_MUC_ADMIN}`:
      return readLists(request);
    case `set ${NS_MUC_ADMIN}`:
      return writeLists(service, request);
    case `get ${NS_MUC_OWNER}`:
      return readConfig(request);
    case `set ${NS_MUC_OWNER}`:
      return writeConfig(service, request);
    default:
      throw new StanzaError('service-unavailable');
  }
}

/** §17.4: between occupants, each under a nickname. A ping to oneself is answered by the room (XEP-0410 §3). */
async function toOccupant(service: RoomService, { stanza, from, to }: Visit, payload: Element): Promise<void> {
  const room = await service.find(to.local);
  const asker = room?.occupant(from);
  if (room === undefined || asker === undefined) throw new StanzaError('not-acceptable');
  const target = room.nicknamed(to.resource);
  if (target === undefined) throw new StanzaError('item-not-found');
  if (target === asker && payload.is('ping', NS_PING)) return service.host.send(resultReply(stanza, undefined));
  pass(service, room, { stanza, nick: asker.nick, to: target.jid.toString() });
}

/** What an occupant answers another. */
async function passReply(service: RoomService, { stanza, from, to }: Visit): Promise<void> {
  const room = to.local === '' ? undefined : await service.find(to.local);
  const replier = room?.occupant(from);
  const asker = room?.nicknamed(to.resource);
  if (room === undefined || replier === undefined || asker === undefined) return;
  pass(service, room, { stanza, nick: replier.nick, to: asker.jid.toString() });
}

function pass(service: RoomService, room: Room, passed: { stanza: Element; nick: string; to: string }): void {
  const { stanza, nick, to } = passed;
  service.host.send(stanza.with({ from: `${room.address}/${nick}`, to }));
}
