import { xml, type Element } from '@nestanza/xmpp';

/** XEP-0203: Delayed Delivery, https://xmpp.org/extensions/xep-0203.html, version 2.0. */
export const DELAY = 'urn:xmpp:delay';

/** When a stanza was first sent. @param from - who kept it meanwhile @param at - milliseconds since the epoch */
export function delay(from: string, at: number): Element {
  return xml('delay', { xmlns: DELAY, from, stamp: new Date(at).toISOString() });
}
