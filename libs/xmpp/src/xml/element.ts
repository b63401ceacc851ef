/** What an element contains: elements and character data, in document order. */
export type Node = Element | string;

/** Attribute values for a new element; `undefined` leaves the attribute out, numbers and booleans become text. */
export type AttributeValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** Children for a new element; `undefined`, `null`, `false` and empty text leave nothing. */
export type Child = Node | number | undefined | null | false | readonly Child[];

/** What an element holds beside its name. */
export interface ElementContent {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

/**
 * An XML element with its namespace resolved: compare (`xmlns`, `name`), never a prefix. Attributes are in no
 * namespace, except `xml:lang`, which keeps that name. Treat it as immutable once it has been sent or received.
 */
export class Element {
  /** Local name. */
  readonly name: string;
  /** Attributes by name, on an object without prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  #xmlns: string;

  constructor(name: string, xmlns: string, { attributes = {}, children = [] }: ElementContent = {}) {
    this.name = name;
    this.#xmlns = xmlns;
    this.attributes = Object.assign(Object.create(null) as Record<string, string>, attributes);
    this.children = children;
    if (xmlns !== '') adopt(children, xmlns);
  }

  /** Namespace URI; empty only for an element built without one and not yet put into a parent. */
  get xmlns(): string {
    return this.#xmlns;
  }

  /** True when both parts of the expanded name match. */
  is(name: string, xmlns: string): boolean {
    return this.name === name && this.#xmlns === xmlns;
  }

  attr(name: string): string | undefined {
    return this.attributes[name];
  }

  /** Child elements, optionally only those of a name and namespace (default: any namespace). */
  elements(name?: string, xmlns?: string): Element[] {
    return this.children.filter(
      (child): child is Element =>
        typeof child !== 'string' &&
        (name === undefined || child.name === name) &&
        (xmlns === undefined || child.#xmlns === xmlns),
    );
  }

  /** The first child element of a name and namespace (default: this element's own namespace). */
  child(name: string, xmlns: string = this.#xmlns): Element | undefined {
    for (const child of this.children) {
      if (typeof child !== 'string' && child.name === name && child.#xmlns === xmlns) return child;
    }
    return undefined;
  }

  /** Own character data, without that of child elements. */
  get text(): string {
    return this.children.filter((child) => typeof child === 'string').join('');
  }

  /** Text of the first such child; `undefined` where there is none. */
  childText(name: string, xmlns: string = this.#xmlns): string | undefined {
    return this.child(name, xmlns)?.text;
  }

  /** A copy with other attributes; `undefined` removes one. Children are shared. */
  with(attributes: AttributeValues): Element {
    const merged: Record<string, string> = { ...this.attributes };
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) delete merged[name];
      else merged[name] = String(value);
    }
    return new Element(this.name, this.#xmlns, { attributes: merged, children: this.children });
  }

  /** A copy with other children. */
  withChildren(...children: Child[]): Element {
    return new Element(this.name, this.#xmlns, { attributes: this.attributes, children: flatten(children) });
  }

  static adopt(element: Element, xmlns: string): void {
    if (element.#xmlns !== '') return;
    element.#xmlns = xmlns;
    adopt(element.children, xmlns);
  }
}

function adopt(children: readonly Node[], xmlns: string): void {
  for (const child of children) if (typeof child !== 'string') Element.adopt(child, xmlns);
}

function flatten(children: readonly Child[], into: Node[] = []): Node[] {
  for (const child of children) {
    if (Array.isArray(child)) flatten(child as readonly Child[], into);
    else if (typeof child === 'number') into.push(String(child));
    else if (child instanceof Element || (typeof child === 'string' && child !== '')) into.push(child);
  }
  return into;
}

/**
 * A new element. Without `xmlns` it takes its parent's namespace when it is put into one.
 * @example
 * xml('iq', { xmlns: 'jabber:client', type: 'get' }, xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }))
 */
export function xml(name: string, attributes: AttributeValues = {}, ...children: Child[]): Element {
  const { xmlns = '', ...rest } = attributes;
  const own: Record<string, string> = {};
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) own[key] = String(value);
  return new Element(name, String(xmlns), { attributes: own, children: flatten(children) });
}
