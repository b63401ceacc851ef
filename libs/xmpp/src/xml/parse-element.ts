import { NestanzaError } from '@nestanza/core';
import { type Element } from './element.js';
import { STANZA_LIMITS } from './limits.js';
import { XmlScanner } from './scanner.js';

/** Escaped text is longer than what a peer may have written as CDATA: `&lt;` for `<`. */
const LIMITS = { ...STANZA_LIMITS, bytes: 6 * STANZA_LIMITS.bytes };

/**
 * The one element that a text holds, read as strictly as a stanza from a stream.
 * @param text - XML that declares its namespaces itself, such as `serialize` writes
 * @throws StreamError naming the rule that was broken; NestanzaError `NST_XMPP_NO_ELEMENT` when it is no whole element
 */
export function parseElement(text: string): Element {
  const found: Element[] = [];
  const events = {
    onHeader: () => undefined,
    onElement: (element: Element) => found.push(element),
    onEnd: () => undefined,
  };
  const parser = new XmlScanner(events, () => LIMITS);
  parser.write(Buffer.from(`<element>${text}</element>`));
  const [element, ...others] = found;
  if (element === undefined || others.length > 0) {
    throw new NestanzaError('NST_XMPP_NO_ELEMENT', 'The text is not exactly one XML element.');
  }
  return element;
}
