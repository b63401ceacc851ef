// XEP-0199: XMPP Ping, https://xmpp.org/extensions/xep-0199.html, version 2.0.1 (2019-03-26)
import type { Connection, RequestOptions, Unsubscribe } from '../connection.js';
import { iqGet } from '../stanza/iq.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { xml } from '../xml/element.js';

export const NS_PING = 'urn:xmpp:ping';

/**
 * Resolves once `to` has shown that it lives; an entity that does not know pings shows it by refusing (§4.2).
 * @param to - default: the own server
 * @throws StanzaError when the entity cannot be reached; NestanzaError `NST_XMPP_TIMEOUT`, `NST_XMPP_OFFLINE`
 */
export async function ping(connection: Connection, to?: string, options?: RequestOptions): Promise<void> {
  try {
    await connection.request(iqGet({ to }, xml('ping', { xmlns: NS_PING })), options);
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== 'feature-not-implemented') throw error;
  }
}

/** Answers pings from now on. */
export function answerPings(connection: Connection): Unsubscribe {
  return connection.onIq('get', { name: 'ping', xmlns: NS_PING }, () => undefined);
}
