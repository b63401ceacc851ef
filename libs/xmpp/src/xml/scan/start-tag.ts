import { isName } from '../name.js';
import {
  AMPERSAND,
  APOSTROPHE,
  COLON,
  EQUALS,
  GREATER,
  KIND,
  LESS,
  NAME,
  NAME_START,
  QUOTE,
  SLASH,
  SPACE,
  VALUE,
} from './byte-kinds.js';
import type { Cursor } from './cursor.js';
import { isForbidden, refuse } from './refuse.js';
import { ATTRIBUTE_WORDS, ELEMENT_WORDS } from './tape.js';

/** What the next byte of the tag may be. Each step can be left where the bytes end, and is taken up there. */
const enum Step {
  TagName,
  InTag,
  AttributeName,
  Equals,
  OpeningQuote,
  Value,
  EmptyTag,
}

const LETTER_X = 0x78;

/** Reads start tags onto the tape. Namespaces and attributes that stand twice are for `bindTag` to judge. */
export class StartTag {
  /** The open element on the tape: of the last tag that was begun, until who reads end tags sets it back. */
  element = 0;
  /** The tag says something about namespaces, or may have an attribute twice. */
  suspect = false;
  readonly #cursor: Cursor;
  #step = Step.TagName;
  /** Length of the prefix of the present name; 0 is none. */
  #prefix = 0;
  #coded = false;
  /** One bit for each attribute name; two of one bit may be the same. */
  #seen = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** A tag's name begins at the present byte. */
  begin(): void {
    this.#cursor.markHere();
    this.#prefix = 0;
    this.#step = Step.TagName;
  }

  /** Reads the tag to its end; undefined while that has not come. */
  read(): 'open' | 'empty' | undefined {
    const kinds = KIND;
    const cursor = this.#cursor;
    const { bytes, base, stop } = cursor;
    let { at } = cursor;
    let step = this.#step;
    let words = cursor.tape.withRoom(cursor.length);
    while (at < stop) {
      switch (step) {
        case Step.TagName:
        case Step.AttributeName: {
          while (at < stop && (kinds[bytes[at]!]! & NAME) !== 0) at++;
          if (at === stop) break;
          if (bytes[at] === COLON) {
            if (this.#prefix !== 0) refuse('not-well-formed');
            this.#prefix = at - base - cursor.mark;
            at++;
            break;
          }
          this.#checkName(at);
          words = cursor.tape.withRoom(cursor.length);
          let record = cursor.length;
          if (step === Step.TagName) {
            words[record++] = this.element;
            words[record + 3] = 0;
            this.element = cursor.length;
            cursor.length += ELEMENT_WORDS;
            this.#seen = 0;
            this.suspect = this.#prefix !== 0;
            step = Step.InTag;
          } else {
            this.#remember(base + cursor.mark, at);
            step = Step.Equals;
          }
          words[record] = cursor.mark;
          words[record + 1] = at - base;
          words[record + 2] = this.#prefix;
          break;
        }
        case Step.Equals:
          if (bytes[at] === EQUALS) step = Step.OpeningQuote;
          else if ((kinds[bytes[at]!]! & SPACE) === 0) refuse('not-well-formed');
          at++;
          break;
        case Step.OpeningQuote: {
          const quote = bytes[at]!;
          at++;
          if (quote === APOSTROPHE || quote === QUOTE) {
            words[cursor.length + 3] = at - base;
            this.#coded = false;
            step = Step.Value;
          } else if ((kinds[quote]! & SPACE) === 0) refuse('not-well-formed');
          break;
        }
        case Step.Value: {
          while (at < stop && (kinds[bytes[at]!]! & VALUE) !== 0) at++;
          if (at === stop) break;
          const found = bytes[at]!;
          if (found === AMPERSAND) {
            cursor.at = at;
            const length = cursor.reference();
            this.#coded = true;
            if (length === 0) {
              this.#step = step;
              return undefined;
            }
            at += length;
            break;
          }
          const start = words[cursor.length + 3]!;
          if (found === bytes[base + start - 1]) {
            words[cursor.length + 4] = this.#coded ? ~(at - base) : at - base;
            if (this.#coded) this.suspect = true;
            this.#pushAttribute(words, at - base - start);
            words = cursor.tape.withRoom(cursor.length);
            step = Step.InTag;
          } else if ((kinds[found]! & SPACE) !== 0) this.#coded = true;
          else if (found === LESS || isForbidden(bytes, at)) refuse('not-well-formed');
          at++;
          break;
        }
        case Step.InTag: {
          const found = bytes[at]!;
          if (found === GREATER) {
            cursor.at = at + 1;
            return 'open';
          }
          if (found === SLASH) step = Step.EmptyTag;
          else if ((kinds[found]! & SPACE) === 0) {
            if ((kinds[bytes[at - 1]!]! & SPACE) === 0 || (kinds[found]! & NAME_START) === 0) refuse('not-well-formed');
            const behind = cursor.ascii ? this.#plainAttribute(bytes, at) : 0;
            if (behind !== 0) {
              words = cursor.tape.withRoom(cursor.length);
              at = behind;
              break;
            }
            cursor.mark = at - base;
            this.#prefix = 0;
            step = Step.AttributeName;
          }
          at++;
          break;
        }
        default:
          if (bytes[at] !== GREATER) refuse('not-well-formed');
          cursor.at = at + 1;
          return 'empty';
      }
    }
    cursor.at = at;
    this.#step = step;
    return undefined;
  }

  /**
   * Reads an attribute at once that is whole, without prefix, spaces, references or anything to refuse: nearly every one.
   * @returns where it ends; 0 where it has to be read step by step
   */
  #plainAttribute(bytes: Buffer, start: number): number {
    const kinds = KIND;
    const cursor = this.#cursor;
    const stop = cursor.stop - 1;
    let at = start + 1;
    // Bytes are compared, not looked up, where that tells enough: this is where most of the time goes.
    for (let found = bytes[at]!; at < stop && ((found >= 0x61 && found <= 0x7a) || (kinds[found]! & NAME) !== 0);) {
      found = bytes[++at]!;
    }
    if (at >= stop || bytes[at] !== EQUALS) return 0;
    const nameEnd = at;
    const quote = bytes[at + 1]!;
    if (quote !== APOSTROPHE && quote !== QUOTE) return 0;
    const value = at + 2;
    for (at = value; at < stop; at++) {
      const found = bytes[at]!;
      if (found === quote) break;
      if (found <= LESS && (found === LESS || found === AMPERSAND || found < 0x20)) return 0;
    }
    if (at >= stop) return 0;
    const base = cursor.base;
    const words = cursor.tape.words;
    const record = cursor.length;
    words[record] = start - base;
    words[record + 1] = nameEnd - base;
    words[record + 2] = 0;
    words[record + 3] = value - base;
    words[record + 4] = at - base;
    this.#remember(start, nameEnd);
    this.#pushAttribute(words, at - value);
    return at + 1;
  }

  /** The name that ends before `at` is one: beginning and local part have their first letters. */
  #checkName(at: number): void {
    const { bytes, base, mark, ascii } = this.#cursor;
    const start = base + mark;
    const local = this.#prefix === 0 ? start : start + this.#prefix + 1;
    if (local >= at || (KIND[bytes[local]!]! & NAME_START) === 0) refuse('not-well-formed');
    if (ascii || !hasHighByte(bytes, start, at)) return;
    for (const part of bytes.toString('utf8', start, at).split(':')) if (!isName(part)) refuse('not-well-formed');
  }

  /** Keeps in mind that the tag has an attribute of this name. */
  #remember(start: number, end: number): void {
    const { bytes } = this.#cursor;
    const bit = 1 << ((end - start) * 7 + bytes[start]! + bytes[end - 1]!);
    if ((this.#seen & bit) !== 0 || this.#prefix !== 0) this.suspect = true;
    this.#seen |= bit;
  }

  /** The record of an attribute is written. */
  #pushAttribute(words: Int32Array, valueLength: number): void {
    const cursor = this.#cursor;
    const name = words[cursor.length]!;
    // The two namespaces that cannot be a default have names of these lengths; `xmlns` has five letters.
    if (
      (valueLength === 29 || valueLength === 36) &&
      words[cursor.length + 1]! - name === 5 &&
      cursor.bytes[cursor.base + name] === LETTER_X
    ) {
      this.suspect = true;
    }
    cursor.length += ATTRIBUTE_WORDS;
    if (++words[this.element + 4]! > cursor.bounds.attributes) refuse('policy-violation', 'Too many attributes.');
  }
}

function hasHighByte(bytes: Buffer, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at]!;
  return all > 0x7f;
}
