import { type Element, type Node } from './element.js';
import { STANZA_LIMITS, type XmlLimits } from './limits.js';
import type { XmlEvents, XmlParser } from './parser.js';

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a.test' version='1.0'>";

/** What came out of a parser, as text that compares names, namespaces, attributes and content. */
export interface Outcome {
  readonly events: readonly string[];
  readonly error: string | undefined;
}

export interface ParseOptions {
  readonly limits?: XmlLimits;
  /** Reads the elements when the last byte is read, instead of when they come. */
  readonly late?: boolean;
}

type ParserClass = new (events: XmlEvents, limits: () => XmlLimits) => XmlParser;

export function parseWith(
  Parser: ParserClass,
  chunks: readonly (string | Uint8Array)[],
  { limits = STANZA_LIMITS, late = false }: ParseOptions = {},
): Outcome {
  const events: (() => string)[] = [];
  const report = (describe: () => string): void => {
    const text = late ? undefined : describe();
    events.push(text === undefined ? describe : () => text);
  };
  const parser = new Parser(
    {
      onHeader: (header: Element, namespace) => report(() => `header ${describeNode(header)} ${namespace}`),
      onElement: (element: Element) => report(() => describeNode(element)),
      onEnd: () => report(() => 'end'),
    },
    () => limits,
  );
  let error: string | undefined;
  try {
    for (const chunk of chunks) parser.write(Buffer.from(chunk));
  } catch (refusal) {
    error = (refusal as { condition: string }).condition;
  }
  return { events: events.map((event) => event()), error };
}

export function describeNode(node: Node): string {
  if (typeof node === 'string') return JSON.stringify(node);
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${node.xmlns}}${node.name}(${attributes.sort().join(' ')})[${node.children.map(describeNode).join(',')}]`;
}

/** The bytes cut at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}
