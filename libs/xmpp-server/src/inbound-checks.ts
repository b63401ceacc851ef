import { type Element, Jid, NS_CLIENT, NS_DELAY, StanzaError, StreamError } from '@nestanza/xmpp';

const STANZA_ID = 'urn:xmpp:sid:0';

/**
 * A client's stanza as the server vouches for it: `from` is the sender's full JID, `to` is valid (or absent), and no child
 * pretends to come from the server.
 * @param isOurs - whether a domain is served here
 * @throws StreamError that ends the stream: not a stanza (RFC 6120 §4.9.3.24), or a forged `from` (§8.1.2.1)
 */
export function stamped(stanza: Element, sender: Jid, isOurs: (domain: string) => boolean): Element {
  if (stanza.xmlns !== NS_CLIENT) throw new StreamError('invalid-namespace');
  if (!['message', 'presence', 'iq'].includes(stanza.name)) throw new StreamError('unsupported-stanza-type');
  const from = stanza.attr('from');
  if (from !== undefined && !isSender(from, sender)) throw new StreamError('invalid-from');
  return withoutForgeries(stanza, isOurs).with({ from: sender.toString() });
}

/** A message without the children by which it would speak for a domain that is ours; other stanzas as they are. */
export function withoutForgeries(stanza: Element, isOurs: (domain: string) => boolean): Element {
  if (stanza.name !== 'message') return stanza;
  return stanza.withChildren(...stanza.children.filter((child) => !isForged(child, isOurs)));
}

/**
 * What is wrong with the shape of a stanza, to be answered to its sender (RFC 6120 §8.2.3, §10.3).
 * @returns undefined for a sound one
 */
export function shapeError(stanza: Element): StanzaError | undefined {
  const to = stanza.attr('to');
  if (to !== undefined && parse(to) === undefined) return new StanzaError('jid-malformed');
  if (stanza.name !== 'iq') return undefined;
  const children = stanza.elements().length;
  switch (stanza.attr('type')) {
    case 'get':
    case 'set':
      return children === 1 && stanza.attr('id') !== undefined ? undefined : new StanzaError('bad-request');
    case 'result':
    case 'error':
      return undefined;
    default:
      return new StanzaError('bad-request', { text: 'Unknown IQ type' });
  }
}

function isSender(from: string, sender: Jid): boolean {
  const jid = parse(from);
  return jid !== undefined && (jid.equals(sender) || jid.equals(sender.bare()));
}

/** XEP-0359 §6 and XEP-0203 §5: only the server speaks for itself and for its accounts. */
function isForged(child: Element | string, isOurs: (domain: string) => boolean): boolean {
  if (typeof child === 'string') return false;
  const by = child.is('stanza-id', STANZA_ID)
    ? child.attr('by')
    : child.is('delay', NS_DELAY)
      ? child.attr('from')
      : undefined;
  const claimed = by === undefined ? undefined : parse(by);
  return claimed !== undefined && isOurs(claimed.domain);
}

function parse(text: string): Jid | undefined {
  try {
    return Jid.parse(text);
  } catch {
    return undefined;
  }
}
