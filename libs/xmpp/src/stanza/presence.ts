import { Jid } from '../jid.js';
import { NS_CLIENT } from '../namespaces.js';
import { xml, type Child, type Element } from '../xml/element.js';

/** RFC 6121 §4.7.1; `available` is what an absent type means. */
export type PresenceType =
  'available' | 'error' | 'probe' | 'subscribe' | 'subscribed' | 'unavailable' | 'unsubscribe' | 'unsubscribed';

const TYPES: readonly string[] = [
  'error',
  'probe',
  'subscribe',
  'subscribed',
  'unavailable',
  'unsubscribe',
  'unsubscribed',
] satisfies readonly PresenceType[];

/** RFC 6121 §4.7.2.1. */
export type Show = 'away' | 'chat' | 'dnd' | 'xa';

export interface PresenceFields {
  readonly to?: string;
  readonly from?: string;
  readonly id?: string;
  /** Default `available`. */
  readonly type?: PresenceType;
  readonly show?: Show;
  readonly status?: string;
  /** −128 to 127; a negative one gets nothing that is sent to the bare JID. */
  readonly priority?: number;
}

/** A presence stanza with further children. */
export function presence(
  { type, show, status, priority, ...attributes }: PresenceFields = {},
  ...children: Child[]
): Element {
  return xml(
    'presence',
    { xmlns: NS_CLIENT, ...attributes, type: type === 'available' ? undefined : type },
    show !== undefined && xml('show', {}, show),
    status !== undefined && xml('status', {}, status),
    priority !== undefined && xml('priority', {}, priority),
    ...children,
  );
}

export interface ReadPresence {
  readonly from: Jid | undefined;
  readonly to: Jid | undefined;
  /** `undefined` for a type that does not exist: such a presence is to be refused, not guessed at. */
  readonly type: PresenceType | undefined;
  readonly show: Show | undefined;
  readonly status: string | undefined;
  readonly priority: number;
}

const SHOWS: readonly string[] = ['away', 'chat', 'dnd', 'xa'] satisfies readonly Show[];

/** @throws NestanzaError `NST_XMPP_JID` for a malformed address */
export function readPresence(stanza: Element): ReadPresence {
  const { from, to, type } = stanza.attributes;
  const show = stanza.childText('show')?.trim() ?? '';
  return {
    from: from === undefined ? undefined : Jid.parse(from),
    to: to === undefined ? undefined : Jid.parse(to),
    type: type === undefined ? 'available' : TYPES.includes(type) ? (type as PresenceType) : undefined,
    show: SHOWS.includes(show) ? (show as Show) : undefined,
    status: stanza.childText('status'),
    priority: readPriority(stanza.childText('priority')),
  };
}

/** RFC 6121 §4.7.2.3: what is no integer from −128 to 127 counts as 0. */
function readPriority(text: string | undefined): number {
  const priority = /^\s*[-+]?\d{1,3}\s*$/.test(text ?? '') ? Number(text) : 0;
  return priority >= -128 && priority <= 127 ? priority : 0;
}
