// XEP-0203: Delayed Delivery, https://xmpp.org/extensions/xep-0203.html, version 2.0 (2009-09-15)
import { hasCode } from '@nestanza/core';
import { Jid } from '../jid.js';
import { xml, type Element } from '../xml/element.js';

export const NS_DELAY = 'urn:xmpp:delay';

export interface Delay {
  readonly stamp: Date;
  /** Who held the stanza back; whoever sent the stanza may have written it. */
  readonly from: Jid | undefined;
}

export function delayElement(stamp: Date, from?: string): Element {
  return xml('delay', { xmlns: NS_DELAY, from, stamp: stamp.toISOString() });
}

/** When the stanza, or a `<forwarded/>`, was first sent; `undefined` where it was not delayed or the time is malformed. */
export function readDelay(parent: Element): Delay | undefined {
  const delay = parent.child('delay', NS_DELAY);
  const stamp = readDateTime(delay?.attr('stamp') ?? '');
  if (delay === undefined || stamp === undefined) return undefined;
  return { stamp, from: readJid(delay.attr('from')) };
}

/** XEP-0082 §3.2: date, time and zone, all of them. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function readDateTime(text: string): Date | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readJid(text: string | undefined): Jid | undefined {
  try {
    return text === undefined ? undefined : Jid.parse(text);
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_JID')) return undefined;
    throw error;
  }
}
