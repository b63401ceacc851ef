const NS_XML = 'http://www.w3.org/XML/1998/namespace';
const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';

/** One declared prefix, and those that were declared before it. */
export interface Binding {
  readonly prefix: string;
  readonly uri: string;
  /** Of the element that declares it; 0 is the stream header. */
  readonly depth: number;
  readonly outer: Binding | undefined;
}

/** What names mean inside an element. */
export interface Scope {
  /** Of names without a prefix; empty is no namespace. */
  readonly xmlns: string;
  readonly bindings: Binding | undefined;
}

/** The namespace of a prefix; undefined where none is declared. */
export function lookUp(bindings: Binding | undefined, prefix: string): string | undefined {
  if (prefix === 'xml') return NS_XML;
  for (let binding = bindings; binding !== undefined; binding = binding.outer) {
    if (binding.prefix === prefix) return binding.uri;
  }
  return undefined;
}

/** True when Namespaces in XML 1.0 §2.2 and §3 let `prefix` (empty: the default) be bound to `uri`. */
export function mayBind(prefix: string, uri: string): boolean {
  if (prefix === 'xmlns' || uri === NS_XMLNS) return false;
  if ((prefix === 'xml') !== (uri === NS_XML)) return false;
  return prefix === '' || uri !== '';
}
