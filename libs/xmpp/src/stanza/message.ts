import { Jid } from '../jid.js';
import { NS_CLIENT } from '../namespaces.js';
import { xml, type Child, type Element } from '../xml/element.js';

/** RFC 6121 §5.2.2; `normal` is what an absent or unknown type means. */
export type MessageType = 'chat' | 'error' | 'groupchat' | 'headline' | 'normal';

const TYPES: readonly string[] = ['chat', 'error', 'groupchat', 'headline', 'normal'] satisfies readonly MessageType[];

export interface MessageFields {
  readonly to?: string;
  readonly from?: string;
  readonly id?: string;
  /** Default: none is written, which reads as `normal`. */
  readonly type?: MessageType;
  readonly body?: string;
  readonly thread?: string;
}

/** A message stanza with further children behind body and thread. */
export function message({ body, thread, ...attributes }: MessageFields, ...children: Child[]): Element {
  return xml(
    'message',
    { xmlns: NS_CLIENT, ...attributes },
    body !== undefined && xml('body', {}, body),
    thread !== undefined && xml('thread', {}, thread),
    ...children,
  );
}

/** A received message, read as far as RFC 6121 goes. */
export interface ReadMessage {
  /** `undefined` where the own server left it out: it stands for the own account. */
  readonly from: Jid | undefined;
  readonly to: Jid | undefined;
  readonly id: string | undefined;
  readonly type: MessageType;
  readonly body: string | undefined;
  readonly subject: string | undefined;
  readonly thread: string | undefined;
}

/** @throws NestanzaError `NST_XMPP_JID` for a malformed address */
export function readMessage(stanza: Element): ReadMessage {
  const { from, to, id, type = 'normal' } = stanza.attributes;
  return {
    from: from === undefined ? undefined : Jid.parse(from),
    to: to === undefined ? undefined : Jid.parse(to),
    id,
    type: TYPES.includes(type) ? (type as MessageType) : 'normal',
    body: stanza.childText('body'),
    subject: stanza.childText('subject'),
    thread: stanza.childText('thread'),
  };
}
