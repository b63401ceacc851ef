import { errorReply, type Element, type StanzaError } from '@nestanza/xmpp';

/**
 * The error that answers a stanza, or `undefined` for one that must not be answered: an error, a result, a headline
 * (RFC 6120 §8.3.1, RFC 6121 §5.2.2).
 */
export function errorOf(stanza: Element, error: StanzaError): Element | undefined {
  const type = stanza.attr('type');
  if (type === 'error' || type === 'result' || (stanza.name === 'message' && type === 'headline')) return undefined;
  return errorReply(stanza, error);
}
