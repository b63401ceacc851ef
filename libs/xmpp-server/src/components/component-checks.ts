import { Jid, NS_CLIENT, StreamError } from '@nestanza/xmpp';
import type { Element } from '@nestanza/xmpp';
import { inNamespace, NS_COMPONENT } from '@nestanza/xmpp/internal';
import { withoutForgeries } from '../inbound-checks.js';

/**
 * A component's stanza as the server vouches for it, in the clients' namespace: `from` is an address of the component's
 * domain, and no child pretends to come from elsewhere in this server (XEP-0114 §3: the component stamps `from` itself).
 * @param isOurs - whether a domain is served here
 * @throws StreamError that ends the stream
 */
export function stampedByComponent(received: Element, domain: string, isOurs: (domain: string) => boolean): Element {
  if (received.xmlns !== NS_COMPONENT) throw new StreamError('invalid-namespace');
  const stanza = inNamespace(received, NS_COMPONENT, NS_CLIENT);
  if (!['message', 'presence', 'iq'].includes(stanza.name)) throw new StreamError('unsupported-stanza-type');
  const from = parsed(stanza.attr('from') ?? '');
  if (from?.domain !== domain) throw new StreamError('invalid-from');
  return withoutForgeries(stanza.with({ from: from.toString() }), (claimed) => claimed !== domain && isOurs(claimed));
}

function parsed(text: string): Jid | undefined {
  try {
    return Jid.parse(text);
  } catch {
    return undefined;
  }
}
