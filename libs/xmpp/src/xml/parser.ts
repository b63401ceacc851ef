import type { Element } from './element.js';

/** What a parser finds, in document order. Called synchronously from `write`. */
export interface XmlEvents {
  /**
   * The start tag of the document element: the stream header, without children.
   * @param namespace - the default namespace it declares for what is inside; empty where it declares none
   */
  onHeader(header: Element, namespace: string): void;
  /** A whole element directly below the document element. */
  onElement(element: Element): void;
  /** The end tag of the document element. */
  onEnd(): void;
}

/**
 * Bytes in, stream events out. One parser reads one document: after STARTTLS and SASL a new one begins.
 *
 * Promises: strict, namespace-aware XML 1.0 of RFC 6120 §11; the same events however the bytes were split; nothing of
 * a chunk is reported before the whole chunk proved to be UTF-8.
 */
export interface XmlParser {
  /**
   * Reads the next bytes.
   * @throws StreamError naming the rule that was broken; the parser is dead from then on
   */
  write(bytes: Uint8Array): void;
  /** Reports nothing more, from within an event too: what is left of the chunk is dropped. */
  stop(): void;
}
