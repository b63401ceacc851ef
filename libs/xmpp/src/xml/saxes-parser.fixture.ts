import { SaxesParser, type SaxesTagNS } from 'saxes';
import { StreamError, type StreamErrorCondition } from '../stream/stream-error.js';
import { Element, type Node } from './element.js';
import type { XmlLimits } from './limits.js';
import { isName } from './name.js';
import type { XmlEvents, XmlParser } from './parser.js';

const NS_XML = 'http://www.w3.org/XML/1998/namespace';
const LEADING_SPACE = /^[ \t\r\n]+/;

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly tag: SaxesTagNS;
  readonly children: Node[];
}

/** What the scanner is compared with: a parser on saxes, which refuses here what RFC 6120 §11 does not let pass. */
export class SaxesXmlParser implements XmlParser {
  readonly #events: XmlEvents;
  readonly #limits: () => XmlLimits;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #saxes = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #open: OpenElement[] = [];
  #bounds: XmlLimits;
  #headerSeen = false;
  #stopped = false;
  #attributes = 0;
  #elements = 0;
  /** Characters handed to saxes so far, and how many of them were behind us at the last boundary between elements. */
  #fed = 0;
  #boundary = 0;
  /** Bytes received since that boundary. */
  #pending = 0;

  constructor(events: XmlEvents, limits: () => XmlLimits) {
    this.#events = events;
    this.#limits = limits;
    this.#bounds = limits();
    this.#wire();
  }

  write(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length && !this.#stopped;) {
      // Never more at once than the unfinished element may still grow: an element cannot pass its bound unnoticed.
      const room = this.#limits().bytes - this.#pending;
      if (room <= 0) this.#refuse('policy-violation', 'An element is larger than allowed here.');
      const piece = bytes.subarray(offset, offset + room);
      offset += piece.length;
      this.#feed(piece);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #feed(bytes: Uint8Array): void {
    const decoded = this.#decode(bytes);
    // Between elements spaces keep the connection alive (§4.6.1) and belong to nothing.
    const text = this.#pending === 0 && this.#headerSeen ? decoded.replace(LEADING_SPACE, '') : decoded;
    if (text === '') {
      // Either spaces, or the beginning of a character that was cut.
      if (decoded === '') this.#pending += bytes.length;
      return;
    }
    const before = this.#fed;
    this.#fed += text.length;
    this.#saxes.write(text);
    this.#pending =
      this.#boundary > before
        ? Buffer.byteLength(text.slice(this.#boundary - before).replace(LEADING_SPACE, ''))
        : this.#pending + bytes.length;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch (cause) {
      this.stop();
      throw new StreamError('not-well-formed', 'These bytes are no UTF-8.', { cause });
    }
  }

  #wire(): void {
    const saxes = this.#saxes;
    /** After `stop`, saxes still runs to the end of its chunk: nobody listens any more. */
    const live =
      <Value>(handle: (value: Value) => void) =>
      (value: Value) => {
        if (!this.#stopped) handle(value);
      };
    saxes.on(
      'error',
      live((error) => this.#onSyntaxError(error)),
    );
    saxes.on(
      'xmldecl',
      live(({ encoding }) => {
        if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') this.#refuse('unsupported-encoding');
      }),
    );
    saxes.on(
      'doctype',
      live(() => this.#refuse('restricted-xml', 'No document type declarations.')),
    );
    saxes.on(
      'comment',
      live(() => this.#refuse('restricted-xml', 'No comments.')),
    );
    saxes.on(
      'processinginstruction',
      live(() => this.#refuse('restricted-xml', 'No processing instructions.')),
    );
    saxes.on(
      'opentagstart',
      live(() => {
        this.#bounds = this.#limits();
        this.#attributes = 0;
      }),
    );
    saxes.on(
      'attribute',
      live(({ local }) => {
        this.#checkLocal(local);
        if (++this.#attributes > this.#bounds.attributes) this.#refuse('policy-violation', 'Too many attributes.');
      }),
    );
    saxes.on(
      'opentag',
      live((tag) => this.#onOpen(tag)),
    );
    saxes.on(
      'closetag',
      live(() => this.#onClose()),
    );
    saxes.on(
      'text',
      live((text) => this.#onText(text)),
    );
    saxes.on(
      'cdata',
      live((text) => this.#onText(text)),
    );
  }

  #onSyntaxError(error: Error): void {
    // A document type after the root is a syntax error to saxes; to the peer it is one of the restricted features.
    if (error.message.includes('doctype')) this.#refuse('restricted-xml', 'No document type declarations.');
    this.#refuse('not-well-formed', undefined, error);
  }

  /** saxes looks at a name as a whole: behind the colon it lets stand what cannot begin a name. */
  #checkLocal(name: string): void {
    if (!isName(name)) this.#refuse('not-well-formed');
  }

  #onOpen(tag: SaxesTagNS): void {
    this.#checkLocal(tag.local);
    if (!this.#headerSeen) {
      this.#headerSeen = true;
      this.#atBoundary();
      this.#events.onHeader(toElement(tag, []), tag.ns[''] ?? '');
      return;
    }
    if (this.#open.length >= this.#bounds.depth) this.#refuse('policy-violation', 'Elements are nested too deeply.');
    if (++this.#elements > this.#bounds.elements) this.#refuse('policy-violation', 'Too many elements in one stanza.');
    this.#open.push({ tag, children: [] });
  }

  #onClose(): void {
    const closed = this.#open.pop();
    if (closed === undefined) {
      this.stop();
      this.#events.onEnd();
      return;
    }
    const element = toElement(closed.tag, closed.children);
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      parent.children.push(element);
      return;
    }
    this.#elements = 0;
    this.#atBoundary();
    this.#events.onElement(element);
  }

  #onText(text: string): void {
    if (text === '') return;
    const children = this.#open.at(-1)?.children;
    if (children === undefined) {
      if (/[^ \t\r\n]/.test(text)) this.#refuse('bad-format', 'There is text between stanzas.');
      return;
    }
    // CDATA sections and references split what is one text.
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + text;
    else children.push(text);
  }

  #atBoundary(): void {
    this.#boundary = this.#saxes.position;
  }

  #refuse(condition: StreamErrorCondition, text?: string, cause?: unknown): never {
    this.stop();
    throw new StreamError(condition, text, { cause });
  }
}

function toElement(tag: SaxesTagNS, children: readonly Node[]): Element {
  const pairs: string[] = [];
  for (const name in tag.attributes) {
    const { prefix, local, uri, value } = tag.attributes[name]!;
    if (prefix === '' && name !== 'xmlns') pairs.push(local, value);
    else if (uri === NS_XML && local === 'lang') pairs.push('xml:lang', value);
  }
  return Element.received(tag.local, tag.uri, { attributes: () => pairs, children });
}
