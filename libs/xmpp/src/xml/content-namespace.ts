import { Element } from './element.js';

/**
 * The stanza moved from one content namespace to another, as at the border between a client's stream and a component's
 * (RFC 6120 §4.8.3). What lies inside an element of a third namespace stays: a forwarded `jabber:client` message does.
 */
export function inNamespace(stanza: Element, from: string, to: string): Element {
  if (stanza.xmlns !== from) return stanza;
  const children = stanza.children.map((child) => (typeof child === 'string' ? child : inNamespace(child, from, to)));
  return new Element(stanza.name, to, { attributes: stanza.attributes, children });
}
