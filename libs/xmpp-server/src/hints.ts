import type { Element } from '@nestanza/xmpp';

const HINTS = 'urn:xmpp:hints';

/** XEP-0334: Message Processing Hints, https://xmpp.org/extensions/xep-0334.html, version 0.4. */
export type Hint = 'no-permanent-store' | 'no-store' | 'no-copy' | 'store';

export function hasHint(message: Element, hint: Hint): boolean {
  return message.child(hint, HINTS) !== undefined;
}
