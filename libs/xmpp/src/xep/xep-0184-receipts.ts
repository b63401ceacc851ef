// XEP-0184: Message Delivery Receipts, https://xmpp.org/extensions/xep-0184.html, version 1.4.0 (2018-08-02)
import { message } from '../stanza/message.js';
import { xml, type Element } from '../xml/element.js';

export const NS_RECEIPTS = 'urn:xmpp:receipts';

/** To be put into a message with an id: asks its receiver for a receipt (§5). */
export function receiptRequest(): Element {
  return xml('request', { xmlns: NS_RECEIPTS });
}

/**
 * The receipt a message asks for; `undefined` where it asks for none or must not get one (§5.3, §5.5: errors, rooms,
 * no id, a receipt itself).
 */
export function receiptFor(received: Element): Element | undefined {
  const { id, from, type } = received.attributes;
  if (id === undefined || type === 'error' || type === 'groupchat') return undefined;
  if (received.child('request', NS_RECEIPTS) === undefined || receivedId(received) !== undefined) return undefined;
  const sameType = type === 'chat' || type === 'normal' ? type : undefined;
  return message({ to: from, type: sameType }, xml('received', { xmlns: NS_RECEIPTS, id }));
}

/** The id of the message that this one confirms; `undefined` for any other message. */
export function receivedId(received: Element): string | undefined {
  return received.child('received', NS_RECEIPTS)?.attr('id');
}
