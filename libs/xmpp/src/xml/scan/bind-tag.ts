import { lookUp, mayBind, type Binding, type Scope } from './bindings.js';
import { ATTRIBUTE_WORDS, ELEMENT_WORDS } from './tape.js';
import type { TapeView } from './tape-view.js';

export interface BoundTag {
  /** The prefixes in force inside the element. */
  readonly bindings: Binding | undefined;
}

/**
 * Checks what a start tag says about namespaces, and that no attribute stands twice: neither by its name, nor by its
 * namespace and local name (Namespaces in XML 1.0 §6.3).
 * @returns undefined where the tag is not well-formed
 */
export function bindTag(
  view: TapeView,
  element: number,
  { bindings, depth }: { readonly bindings: Binding | undefined; readonly depth: number },
): BoundTag | undefined {
  const own = view.prefix(element + 1);
  const seen = new Set<string>();
  let inner = bindings;
  const end = attributesEnd(view, element);
  for (let at = element + ELEMENT_WORDS; at < end; at += ATTRIBUTE_WORDS) {
    const declared = declaredPrefix(view, at);
    if (declared === undefined) continue;
    const uri = view.value(at);
    if (!mayBind(declared, uri)) return undefined;
    if (declared !== '') inner = { prefix: declared, uri, depth, outer: inner };
  }
  if (own !== '' && lookUp(inner, own) === undefined) return undefined;
  for (let at = element + ELEMENT_WORDS; at < end; at += ATTRIBUTE_WORDS) {
    const name = expandedName(view, at, inner);
    if (name === undefined || seen.has(name)) return undefined;
    seen.add(name);
  }
  return { bindings: inner };
}

/** What names mean inside an element that was checked, where `outer` is what they mean around it. */
export function innerScope(view: TapeView, element: number, outer: Scope): Scope {
  let { xmlns, bindings } = outer;
  const end = attributesEnd(view, element);
  for (let at = element + ELEMENT_WORDS; at < end; at += ATTRIBUTE_WORDS) {
    const prefix = declaredPrefix(view, at);
    if (prefix === '') xmlns = view.value(at);
    else if (prefix !== undefined) bindings = { prefix, uri: view.value(at), depth: 0, outer: bindings };
  }
  return xmlns === outer.xmlns && bindings === outer.bindings ? outer : { xmlns, bindings };
}

/** The prefix that this attribute binds, empty for the default namespace; undefined for an attribute that binds none. */
export function declaredPrefix(view: TapeView, at: number): string | undefined {
  if (!view.mayDeclare(at)) return undefined;
  const prefix = view.prefix(at);
  if (prefix === 'xmlns') return view.localName(at);
  return prefix === '' && view.localName(at) === 'xmlns' ? '' : undefined;
}

/** Where the attributes of the element end on the tape, and its content begins. */
export function attributesEnd({ words }: TapeView, element: number): number {
  return element + ELEMENT_WORDS + words[element + 4]! * ATTRIBUTE_WORDS;
}

/** Attributes without a prefix are in no namespace; declarations are told apart by their own names. */
function expandedName(view: TapeView, at: number, bindings: Binding | undefined): string | undefined {
  const prefix = view.prefix(at);
  const local = view.localName(at);
  if (prefix === '') return local;
  if (prefix === 'xmlns') return `xmlns:${local}`;
  const uri = lookUp(bindings, prefix);
  return uri === undefined ? undefined : `{${uri}}${local}`;
}
