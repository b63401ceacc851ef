import { uniqueId } from '@nestanza/core';
import { type Element, jsonText, message, type MessageType, xml } from '@nestanza/xmpp';
import { isJsonContainer } from '../codecs/json-container.js';

/** Mark of a message that answers another by itself: it is handled, but never answered in turn (no loops of answers). */
const AUTOMATIC = { name: 'automatic', xmlns: 'urn:nestanza:message:1' } as const;

/** The part of a direct message that is read: a JSON container if there is one, else the text. */
export function directPayload(stanza: Element): Element | undefined {
  return stanza.elements().find(isJsonContainer) ?? stanza.child('body');
}

/** True for what a handler may see: an instant message with content, not an error, a room's or a notification. */
export function isDirect(stanza: Element): boolean {
  const type = stanza.attr('type') ?? 'normal';
  return stanza.name === 'message' && (type === 'chat' || type === 'normal') && directPayload(stanza) !== undefined;
}

export function isAutomatic(stanza: Element): boolean {
  return stanza.child(AUTOMATIC.name, AUTOMATIC.xmlns) !== undefined;
}

/** An answer in words, in the conversation of the message it answers (RFC 6121 §5.2.5). */
export function wordsTo(answered: Element, text: string): Element {
  return message(
    {
      to: answered.attr('from'),
      // isDirect let no other type pass.
      type: answered.attr('type') as MessageType | undefined,
      id: uniqueId(),
      body: text,
      thread: answered.childText('thread'),
    },
    xml(AUTOMATIC.name, { xmlns: AUTOMATIC.xmlns }),
  );
}

/** A direct message: a text as it is; anything else as a JSON container, with the same JSON as text for people. */
export function directMessage(
  to: string,
  id: string,
  { text, json }: { readonly text: string; readonly json: boolean },
): Element {
  return message({ to, id, type: 'chat', body: text }, json && jsonText(text));
}
