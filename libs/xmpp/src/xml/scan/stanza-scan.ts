import { Element } from '../element.js';
import type { XmlLimits } from '../limits.js';
import { bindTag, innerScope } from './bind-tag.js';
import type { Binding, Scope } from './bindings.js';
import { AMPERSAND, EXCLAMATION, GREATER, KIND, LESS, NAME_START, QUESTION, SLASH, SPACE } from './byte-kinds.js';
import { CharacterData, TEXT_OUTSIDE } from './character-data.js';
import { Cursor } from './cursor.js';
import { readDeclaration } from './declaration.js';
import { readEndName } from './end-name.js';
import { ReceivedStanza } from './received-stanza.js';
import { referencedText } from './reference.js';
import { isForbidden, refuse } from './refuse.js';
import { enterCdata, enterDeclaration } from './restricted.js';
import { StartTag } from './start-tag.js';
import type { Tape } from './tape.js';

/** What `advance` came to: all bytes are read, or one of the three things a stream has. */
export type Found = 'nothing' | 'header' | 'element' | 'end';

/** What the next byte may be. Each state can be left where the bytes end, and is taken up there. */
const enum State {
  Prolog,
  Declaration,
  /** Directly below the document element. */
  Between,
  Content,
  Text,
  Cdata,
  StartTag,
  EndName,
  EndTag,
  /** The document element was empty, or its end tag is read. */
  Over,
}

/** Validated once already: nothing is bounded again. */
const NO_LIMITS: XmlLimits = { bytes: Infinity, depth: Infinity, attributes: Infinity, elements: Infinity };

/**
 * Reads a document of stanzas, each byte once: validates it and writes each stanza onto a tape. It holds no bytes; who
 * feeds it keeps those of an unfinished stanza.
 */
export class StanzaScan {
  readonly #limits: () => XmlLimits;
  readonly #cursor: Cursor;
  readonly #tag: StartTag;
  readonly #data: CharacterData;
  #state = State.Prolog;
  /** How deep the open element lies; 0 is none. */
  #depth = 0;
  #elements = 0;
  #bindings: Binding | undefined;
  /** What the header declared. */
  #scope: Scope = { xmlns: '', bindings: undefined };
  /** Name of the header, its bytes as characters. */
  #root: string | undefined;
  /** What was found last has been handed out, and the tape is free. */
  #free = false;

  constructor(limits: () => XmlLimits) {
    this.#limits = limits;
    this.#cursor = new Cursor(limits());
    this.#tag = new StartTag(this.#cursor);
    this.#data = new CharacterData(this.#cursor);
  }

  /** The tape of a stanza once more, for the reader who comes after it was overwritten. */
  static rescan(this: void, { bytes, base, end, ascii, scope }: ReceivedStanza): Tape {
    const scan = new StanzaScan(() => NO_LIMITS);
    scan.#scope = scope;
    scan.#bindings = scope.bindings;
    scan.#root = '';
    scan.#state = State.Between;
    scan.feed(bytes.subarray(base, end), 0, ascii);
    scan.advance();
    return scan.#cursor.tape.copy(scan.#cursor.length);
  }

  get position(): number {
    return this.#cursor.at;
  }

  /** Where in the bytes the unfinished stanza begins; undefined between stanzas. */
  get unfinished(): number | undefined {
    return this.#cursor.base < 0 || this.#free ? undefined : this.#cursor.base;
  }

  /** Reads these bytes next, from `at` on. */
  feed(bytes: Buffer, at: number, ascii: boolean): void {
    if (this.#free) this.#settle();
    if (this.#cursor.base < 0) this.#cursor.ascii = ascii;
    this.#cursor.feed(bytes, at, ascii);
  }

  /** The bytes of the unfinished stanza have been moved: they begin at 0 of what is fed next. */
  moved(): void {
    this.#cursor.moved();
  }

  /** Forgets the bytes. */
  release(): void {
    this.#cursor.release();
  }

  /**
   * Reads on to the next thing found.
   * @throws StreamError naming the rule that was broken
   */
  advance(): Found {
    let found: Found | undefined;
    do found = this.#step();
    while (found === undefined);
    return found;
  }

  /** The stanza that was just found. */
  received(): ReceivedStanza {
    const { bytes, base, at, ascii, tape } = this.#cursor;
    const place = { bytes, base, end: at, ascii };
    return new ReceivedStanza(place, tape, { scope: this.#scope, rescan: StanzaScan.rescan });
  }

  /** The header that was just found, and the default namespace inside it. */
  header(): { readonly element: Element; readonly namespace: string } {
    const { name, xmlns, attributes } = this.received().element;
    return { element: new Element(name, xmlns, { attributes }), namespace: this.#scope.xmlns };
  }

  #step(): Found | undefined {
    switch (this.#state) {
      case State.Prolog:
        return this.#prolog();
      case State.Declaration:
        return this.#declaration();
      case State.Between:
        return this.#between();
      case State.Content:
        return this.#content();
      case State.Text:
        return this.#text();
      case State.Cdata:
        return this.#cdata();
      case State.StartTag:
        return this.#startTag();
      case State.Over:
        return 'end';
      default:
        return this.#endTag();
    }
  }

  #begin(): void {
    this.#cursor.begin(this.#limits());
    this.#elements = 0;
  }

  #settle(): void {
    this.#free = false;
    this.#cursor.settle();
  }

  #skipSpaces(): void {
    const cursor = this.#cursor;
    const { bytes, stop } = cursor;
    let { at } = cursor;
    while (at < stop && (KIND[bytes[at]!]! & SPACE) !== 0) at++;
    cursor.at = at;
  }

  #prolog(): Found | undefined {
    const cursor = this.#cursor;
    if (cursor.base < 0 && cursor.at < cursor.end) this.#begin();
    this.#skipSpaces();
    if (cursor.at === cursor.stop) return cursor.starve();
    if (cursor.bytes[cursor.at] !== LESS) refuse('not-well-formed');
    return this.#markup();
  }

  #declaration(): Found | undefined {
    const cursor = this.#cursor;
    for (; cursor.at + 1 < cursor.stop; cursor.at++) {
      if (cursor.bytes[cursor.at] !== QUESTION || cursor.bytes[cursor.at + 1] !== GREATER) continue;
      readDeclaration(cursor.bytes.toString('latin1', cursor.base, cursor.at));
      cursor.at += 2;
      this.#state = State.Prolog;
      return undefined;
    }
    return cursor.starve();
  }

  #between(): Found | undefined {
    const cursor = this.#cursor;
    if (this.#free) this.#settle();
    if (cursor.base < 0) {
      this.#skipSpaces();
      if (cursor.at === cursor.end) return 'nothing';
      this.#begin();
    }
    const { bytes, at } = cursor;
    if (bytes[at] === LESS) return this.#markup();
    if (bytes[at] !== AMPERSAND) refuse(isForbidden(bytes, at) ? 'not-well-formed' : 'bad-format', TEXT_OUTSIDE);
    const length = cursor.reference();
    if (length === 0) return cursor.starve();
    const text = referencedText(bytes.toString('latin1', at + 1, at + length - 1)) ?? '';
    if (!/[ \t\r\n]/.test(text)) refuse('bad-format', TEXT_OUTSIDE);
    cursor.at += length;
    this.#free = true;
    return undefined;
  }

  #content(): Found | undefined {
    const cursor = this.#cursor;
    if (cursor.at === cursor.stop) return cursor.starve();
    if (cursor.bytes[cursor.at] === LESS) return this.#markup();
    this.#data.begin();
    this.#state = State.Text;
    return this.#text();
  }

  #text(): Found | undefined {
    if (!this.#data.readText()) return this.#cursor.starve();
    this.#state = State.Content;
    return this.#markup();
  }

  #cdata(): Found | undefined {
    const outside = this.#depth === 0;
    if (!this.#data.readCdata(outside)) return this.#cursor.starve();
    this.#state = outside ? State.Between : State.Content;
    this.#free = outside;
    return undefined;
  }

  /** At `<`. */
  #markup(): Found | undefined {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (at + 1 >= cursor.stop) return cursor.starve();
    const next = cursor.bytes[at + 1]!;
    if (next === SLASH && this.#root !== undefined) {
      cursor.at = at + 2;
      cursor.markHere();
      this.#state = State.EndName;
      return this.#endTag();
    }
    if ((KIND[next]! & NAME_START) !== 0) {
      cursor.at = at + 1;
      this.#tag.begin();
      this.#state = State.StartTag;
      return this.#startTag();
    }
    if (next === EXCLAMATION) {
      if (!enterCdata(cursor)) return cursor.starve();
      if (this.#root === undefined) refuse('not-well-formed');
      this.#data.begin();
      this.#state = State.Cdata;
    } else if (next === QUESTION) {
      if (!enterDeclaration(cursor, this.#state === State.Prolog && at === cursor.base)) return cursor.starve();
      this.#state = State.Declaration;
    } else refuse('not-well-formed');
    return undefined;
  }

  #startTag(): Found | undefined {
    const cursor = this.#cursor;
    const ended = this.#tag.read();
    if (ended === undefined) return cursor.starve();
    const { element } = this.#tag;
    const outer = this.#bindings;
    if (this.#tag.suspect) this.#bind(element);
    if (this.#root === undefined) return this.#opened(element, ended === 'empty');
    if (this.#depth >= cursor.bounds.depth) refuse('policy-violation', 'Elements are nested too deeply.');
    if (++this.#elements > cursor.bounds.elements) refuse('policy-violation', 'Too many elements in one stanza.');
    if (ended === 'empty') {
      this.#bindings = outer;
      return this.#closed(element);
    }
    this.#depth++;
    this.#state = State.Content;
    return undefined;
  }

  #bind(element: number): void {
    const bound = bindTag(this.#cursor.view(), element, { bindings: this.#bindings, depth: this.#depth + 1 });
    if (bound === undefined) refuse('not-well-formed');
    this.#bindings = bound.bindings;
  }

  /** The document element is open. */
  #opened(element: number, empty: boolean): Found {
    const { bytes, base, tape, length } = this.#cursor;
    const { words } = tape;
    words[element] = length;
    this.#root = bytes.toString('latin1', base + words[element + 1]!, base + words[element + 2]!);
    this.#scope = innerScope(this.#cursor.view(), element, this.#scope);
    this.#bindings = this.#scope.bindings;
    this.#tag.element = 0;
    this.#state = empty ? State.Over : State.Between;
    this.#free = true;
    return 'header';
  }

  #endTag(): Found | undefined {
    const cursor = this.#cursor;
    if (this.#state === State.EndName) {
      const open = this.#depth === 0 ? this.#root! : this.#tag.element;
      if (!readEndName(cursor, open)) return cursor.starve();
    }
    this.#state = State.EndTag;
    this.#skipSpaces();
    if (cursor.at === cursor.stop) return cursor.starve();
    if (cursor.bytes[cursor.at] !== GREATER) refuse('not-well-formed');
    cursor.at++;
    if (this.#depth === 0) {
      this.#state = State.Over;
      return 'end';
    }
    const { element } = this.#tag;
    while (this.#bindings !== undefined && this.#bindings.depth === this.#depth) this.#bindings = this.#bindings.outer;
    this.#depth--;
    return this.#closed(element);
  }

  /** The element is whole: its record says where it ends, and its parent is the open one again. */
  #closed(element: number): Found | undefined {
    const { words } = this.#cursor.tape;
    this.#tag.element = words[element]!;
    words[element] = this.#cursor.length;
    this.#state = this.#depth > 0 ? State.Content : State.Between;
    this.#free = this.#depth === 0;
    return this.#free ? 'element' : undefined;
  }
}
