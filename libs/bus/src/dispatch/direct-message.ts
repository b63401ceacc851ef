import { uniqueId } from '@nestanza/core';
import { type Element, xml } from '@nestanza/xmpp';
import { isJsonContainer, jsonContainer } from '../codecs/json-container.js';

/** Mark of a message that answers another by itself: it is handled, but never answered in turn (no loops of answers). */
const AUTOMATIC = { name: 'automatic', xmlns: 'urn:nestanza:message:1' } as const;

/** The part of a direct message that is read: a JSON container if there is one, else the text. */
export function directPayload(message: Element): Element | undefined {
  return message.elements().find(isJsonContainer) ?? message.child('body');
}

/** True for what a handler may see: an instant message with content, not an error, a room's or a notification. */
export function isDirect(stanza: Element): boolean {
  const type = stanza.attr('type') ?? 'normal';
  return stanza.name === 'message' && (type === 'chat' || type === 'normal') && directPayload(stanza) !== undefined;
}

export function isAutomatic(message: Element): boolean {
  return message.child(AUTOMATIC.name, AUTOMATIC.xmlns) !== undefined;
}

/** An answer in words, in the conversation of the message it answers (RFC 6121 §5.2.5). */
export function wordsTo(message: Element, text: string): Element {
  const thread = message.childText('thread');
  return xml(
    'message',
    { xmlns: 'jabber:client', to: message.attr('from'), type: message.attr('type') ?? 'normal', id: uniqueId() },
    xml('body', {}, text),
    thread !== undefined && xml('thread', {}, thread),
    xml(AUTOMATIC.name, { xmlns: AUTOMATIC.xmlns }),
  );
}

/** A direct message: a text as it is; anything else as a JSON container, with the same JSON as text for people. */
export function directMessage(
  to: string,
  id: string,
  content: { readonly text: string; readonly json: boolean },
): Element {
  return xml(
    'message',
    { xmlns: 'jabber:client', to, type: 'chat', id },
    xml('body', {}, content.text),
    content.json && jsonContainer(content.text),
  );
}
