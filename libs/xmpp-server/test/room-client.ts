import { StanzaError, submitForm, xml, type AttributeValues, type Element } from '@nestanza/xmpp';
import type { Place } from './pubsub-client.js';
import { World, type Person } from './world.js';

export const ROOMS = 'rooms.localhost';
export const ROOM = `verona@${ROOMS}`;
const MUC = 'http://jabber.org/protocol/muc';
export const USER = `${MUC}#user`;
export const ADMIN = `${MUC}#admin`;
export const OWNER = `${MUC}#owner`;

/** One person's way to rooms. */
export class Guest {
  readonly person: Person;
  #read = 0;

  constructor(person: Person) {
    this.person = person;
  }

  /** Enters under a nickname, and has all that this brings. */
  async enter(nick: string, ...request: Element[]): Promise<this> {
    const before = new Set(this.person.received);
    this.ask(nick, ...request);
    const from = `${ROOM}/${nick}`;
    const isNew = (fits: (stanza: Element) => boolean) => (stanza: Element) => !before.has(stanza) && fits(stanza);
    await this.person.until(isNew((stanza) => stanza.name === 'message' && stanza.child('subject') !== undefined));
    await this.person.until(isNew((stanza) => stanza.attr('from') === from && statusesOf(stanza).includes('110')));
    return this;
  }

  /** Asks to be let in. */
  ask(nick: string, ...request: Element[]): void {
    this.person.send('presence', { to: `${ROOM}/${nick}` }, xml('x', { xmlns: MUC }, request));
  }

  leave(nick: string): void {
    this.person.send('presence', { to: `${ROOM}/${nick}`, type: 'unavailable' });
  }

  say(body: string, attributes: AttributeValues = {}, ...more: Element[]): void {
    this.person.send(
      'message',
      { to: ROOM, type: 'groupchat', id: body, ...(attributes as Record<string, string>) },
      xml('body', {}, body),
      ...more,
    );
  }

  iq(type: 'get' | 'set', xmlns: string, ...children: Element[]): Promise<Element> {
    return this.person.ask(type, ROOM, xml('query', { xmlns }, children));
  }

  configure(fields: Record<string, string | boolean> = {}): Promise<Element> {
    const named = Object.entries(fields).map(([name, value]) => [`muc#roomconfig_${name}`, value] as const);
    const form =
      named.length === 0
        ? xml('x', { xmlns: 'jabber:x:data', type: 'submit' })
        : submitForm(`${MUC}#roomconfig`, Object.fromEntries(named));
    return this.iq('set', OWNER, form);
  }

  change(attributes: AttributeValues, reason?: string): Promise<Element> {
    return this.iq('set', ADMIN, xml('item', attributes, reason !== undefined && xml('reason', {}, reason)));
  }

  ping(nick: string): Promise<Element> {
    return this.person.ask('get', `${ROOM}/${nick}`, xml('ping', { xmlns: 'urn:xmpp:ping' }));
  }

  /** What came since the last look, in short. */
  news(): string[] {
    const fresh = this.person.received.slice(this.#read);
    this.#read = this.person.received.length;
    return fresh.filter((stanza) => stanza.attr('from')?.includes(ROOMS)).map(inShort);
  }
}

/** `juliet in participant 110`, `juliet out none 307`, `romeo says hello`, `subject: …`. */
function inShort(stanza: Element): string {
  const nick = stanza.attr('from')!.split('/')[1] ?? 'room';
  if (stanza.attr('type') === 'error') return `error ${StanzaError.fromElement(stanza).condition}`;
  if (stanza.name === 'presence') {
    const item = stanza.child('x', USER)?.child('item');
    const way = stanza.attr('type') === 'unavailable' ? 'out' : 'in';
    return [nick, way, item?.attr('role'), ...statusesOf(stanza)].join(' ');
  }
  const subject = stanza.childText('subject');
  if (subject !== undefined && stanza.child('body') === undefined) return `subject: ${subject}`;
  const body = stanza.childText('body');
  if (body === undefined) return [nick, 'says', ...statusesOf(stanza)].join(' ');
  const late = stanza.child('delay', 'urn:xmpp:delay') === undefined ? '' : ' (late)';
  return `${nick} ${stanza.attr('type') === 'groupchat' ? 'says' : 'whispers'} ${body}${late}`;
}

export function statusesOf(stanza: Element): string[] {
  return (stanza.child('x', USER)?.elements('status') ?? []).map((status) => status.attr('code')!);
}

export interface RoomScene extends AsyncDisposable {
  /** Owns the room after `open`. */
  readonly romeo: Guest;
  readonly juliet: Guest;
  readonly mercutio: Guest;
  /** Everything said so far has arrived. */
  settled(): Promise<void>;
  /** Romeo has made the room, configured so, and is in it; nobody has news. */
  open(fields?: Record<string, string | boolean>): Promise<void>;
}

export type OpenRoomScene = () => Promise<RoomScene>;

export async function meet<P extends Place>(place: P): Promise<RoomScene & { readonly world: P }> {
  const guests = await Promise.all(
    ['romeo@localhost/r', 'juliet@localhost/j', 'mercutio@localhost/m'].map(async (jid) => {
      const person = await place.login(jid);
      await person.available();
      return new Guest(person);
    }),
  );
  const [romeo, juliet, mercutio] = guests as [Guest, Guest, Guest];
  const settled = async () => {
    for (const { person } of guests) await person.settled(ROOMS);
  };
  return {
    world: place,
    romeo,
    juliet,
    mercutio,
    settled,
    async open(fields = {}) {
      await romeo.enter('romeo');
      await romeo.configure(fields);
      await settled();
      for (const guest of guests) guest.news();
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

export async function embeddedRooms() {
  return meet(await World.open());
}
