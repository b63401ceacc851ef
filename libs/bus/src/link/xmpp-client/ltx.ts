import { Element, NS_CLIENT } from '@nestanza/xmpp';
import type { LtxElement, MakeLtx } from './xmpp-client.js';

/** The same element for @xmpp/client, which writes a namespace only where an attribute says it. */
export function toLtx(element: Element, make: MakeLtx, outer: string = NS_CLIENT): LtxElement {
  const { name, xmlns, attributes, children } = element;
  return make(
    name,
    xmlns === outer ? attributes : { ...attributes, xmlns },
    ...children.map((child) => (typeof child === 'string' ? child : toLtx(child, make, xmlns))),
  );
}

/** The same element for the bus: namespaces resolved, and no attribute of another namespace but `xml:lang`. */
export function fromLtx(element: LtxElement): Element {
  const attributes = Object.fromEntries(
    Object.entries(element.attrs)
      .filter(([name, value]) => value !== undefined && value !== null && isPlain(name))
      .map(([name, value]) => [name, String(value)]),
  );
  const children = element.children.map((child) => (typeof child === 'string' ? child : fromLtx(child)));
  return new Element(element.getName(), element.getNS() ?? NS_CLIENT, { attributes, children });
}

function isPlain(name: string): boolean {
  return name !== 'xmlns' && (!name.includes(':') || name === 'xml:lang');
}
