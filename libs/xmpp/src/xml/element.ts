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

/** Content that is read from where it was received, when somebody asks. */
export interface Markup {
  /** Name, value, name, value, … */
  attributes(): readonly string[];
  /** The same array each time. */
  readonly children: readonly Node[];
}

/**
 * An XML element with its namespace resolved: compare (`xmlns`, `name`), never a prefix. Attributes are in no
 * namespace, except `xml:lang`, which keeps that name. Treat it as immutable once it has been sent or received.
 *
 * A received element is read when it is asked for its attributes or children, and keeps the bytes it came in, which
 * may be those of its neighbours too: what shall stay for long is kept as `detached()`.
 */
export class Element {
  /** Local name. */
  readonly name: string;
  #xmlns: string;
  #pairs: readonly string[] | undefined;
  #attributes: Readonly<Record<string, string>> | undefined;
  #children: readonly Node[] | undefined;
  #markup: Markup | undefined;

  constructor(name: string, xmlns: string, content?: ElementContent) {
    this.name = name;
    this.#xmlns = xmlns;
    if (content === undefined) return;
    const { attributes, children } = content;
    if (attributes !== undefined) this.#pairs = pairsOf(attributes);
    this.#children = children;
    if (xmlns !== '' && children !== undefined) adopt(children, xmlns);
  }

  /** An element whose content is `markup`'s. */
  static received(name: string, xmlns: string, markup: Markup): Element {
    const element = new Element(name, xmlns);
    element.#markup = markup;
    return element;
  }

  /** A copy with other attributes, and with this element's children unless there are others. */
  #copy(pairs: readonly string[], children?: readonly Node[]): Element {
    const copy = new Element(this.name, this.#xmlns);
    copy.#pairs = pairs;
    copy.#children = children ?? this.#children;
    if (children === undefined) copy.#markup = this.#markup;
    return copy;
  }

  /** Namespace URI; empty only for an element built without one and not yet put into a parent. */
  get xmlns(): string {
    return this.#xmlns;
  }

  /** Attributes by name, on an object without prototype. */
  get attributes(): Readonly<Record<string, string>> {
    if (this.#attributes === undefined) {
      const attributes = Object.create(null) as Record<string, string>;
      const pairs = this.attributePairs;
      for (let at = 0; at < pairs.length; at += 2) attributes[pairs[at]!] = pairs[at + 1]!;
      this.#attributes = attributes;
    }
    return this.#attributes;
  }

  /** Attributes as name, value, name, value, …, in document order. */
  get attributePairs(): readonly string[] {
    return (this.#pairs ??= this.#markup?.attributes() ?? NOTHING);
  }

  get children(): readonly Node[] {
    return (this.#children ??= this.#markup?.children ?? NOTHING);
  }

  /** True when both parts of the expanded name match. */
  is(name: string, xmlns: string): boolean {
    return this.name === name && this.#xmlns === xmlns;
  }

  attr(name: string): string | undefined {
    const pairs = this.attributePairs;
    for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return pairs[at + 1];
    return undefined;
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
    const [first, ...others] = this.children;
    if (others.length === 0) return typeof first === 'string' ? first : '';
    return this.children.filter((child) => typeof child === 'string').join('');
  }

  /** Text of the first such child; `undefined` where there is none. */
  childText(name: string, xmlns: string = this.#xmlns): string | undefined {
    return this.child(name, xmlns)?.text;
  }

  /** A copy with other attributes; `undefined` removes one. Children are shared. */
  with(attributes: AttributeValues): Element {
    const pairs: string[] = [];
    const before = this.attributePairs;
    const set = new Set<string>();
    for (let at = 0; at < before.length; at += 2) {
      const name = before[at]!;
      const value = Object.hasOwn(attributes, name) ? attributes[name] : before[at + 1];
      set.add(name);
      if (value !== undefined) pairs.push(name, String(value));
    }
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined && !set.has(name)) pairs.push(name, String(value));
    }
    return this.#copy(pairs);
  }

  /** A copy with other children. */
  withChildren(...children: Child[]): Element {
    const own = this.children;
    const flat = flatten(children);
    if (flat.length === own.length && flat.every((child, index) => child === own[index])) return this;
    if (this.#xmlns !== '') adopt(flat, this.#xmlns);
    return this.#copy(this.attributePairs, flat);
  }

  /** The same element, keeping nothing of the bytes it was received in. */
  detached(): Element {
    const children = this.children.map((child) => (typeof child === 'string' ? child : child.detached()));
    return this.#copy(this.attributePairs, children);
  }

  static adopt(element: Element, xmlns: string): void {
    if (element.#xmlns !== '') return;
    element.#pairs = element.attributePairs;
    element.#children = element.children;
    // What was received outside any namespace would mean something else inside this one.
    element.#markup = undefined;
    element.#xmlns = xmlns;
    adopt(element.#children, xmlns);
  }
}

const NOTHING: readonly never[] = [];

function pairsOf(attributes: Readonly<Record<string, string>>): string[] {
  const pairs: string[] = [];
  for (const name in attributes) pairs.push(name, attributes[name]!);
  return pairs;
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
