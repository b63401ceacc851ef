import { AMPERSAND, CARRIAGE_RETURN, CLOSE_BRACKET, GREATER, KIND, LESS, SPACE } from './byte-kinds.js';
import type { Cursor } from './cursor.js';
import { isForbidden, refuse } from './refuse.js';
import { TextSkipper } from './skip-text.js';
import { CODED_CDATA, CODED_TEXT, PLAIN_TEXT } from './tape.js';

export const TEXT_OUTSIDE = 'There is text between stanzas.';

const skipper = new TextSkipper();

/** Reads text and CDATA sections, which begin at the cursor's mark. */
export class CharacterData {
  readonly #cursor: Cursor;
  /** Holds something that has to be decoded. */
  #coded = false;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** A text or a CDATA section begins at the present byte. */
  begin(): void {
    this.#cursor.markHere();
    this.#coded = false;
  }

  /** Reads up to the markup that ends the text. @returns false while that has not come */
  readText(): boolean {
    const cursor = this.#cursor;
    const { bytes, stop } = cursor;
    let { at } = cursor;
    for (;;) {
      at = skipper.skip(bytes, at, stop);
      cursor.at = at;
      if (at === stop) return false;
      const found = bytes[at];
      if (found === LESS) {
        cursor.pushText(this.#coded ? CODED_TEXT : PLAIN_TEXT, at);
        return true;
      }
      if (found === AMPERSAND) {
        const length = cursor.reference();
        if (length === 0) return false;
        this.#coded = true;
        at += length;
        continue;
      }
      if (found === CARRIAGE_RETURN) this.#coded = true;
      else if (isForbidden(bytes, at) || this.#endsCdata(at)) refuse('not-well-formed');
      at++;
    }
  }

  /**
   * Reads a CDATA section with its end.
   * @param outside - between stanzas, where only spaces may stand and nothing is kept
   * @returns false while its end has not come
   */
  readCdata(outside: boolean): boolean {
    const cursor = this.#cursor;
    const { bytes, stop } = cursor;
    for (; cursor.at < stop; cursor.at++) {
      const { at } = cursor;
      const found = bytes[at]!;
      if (found === CLOSE_BRACKET) {
        if (at + 1 < stop && bytes[at + 1] !== CLOSE_BRACKET) {
          if (outside) refuse('bad-format', TEXT_OUTSIDE);
          continue;
        }
        if (at + 2 >= stop) return false;
        if (bytes[at + 2] === GREATER) {
          if (!outside) cursor.pushText(this.#coded ? CODED_CDATA : PLAIN_TEXT, at);
          cursor.at = at + 3;
          return true;
        }
      }
      if (found === CARRIAGE_RETURN) this.#coded = true;
      else if (isForbidden(bytes, at)) refuse('not-well-formed');
      if (outside && (KIND[found]! & SPACE) === 0) refuse('bad-format', TEXT_OUTSIDE);
    }
    return false;
  }

  /** `]]>` must not stand in text (XML 1.0 §2.4). */
  #endsCdata(at: number): boolean {
    const { bytes, base, mark } = this.#cursor;
    if (bytes[at] !== GREATER || at - base - mark < 2) return false;
    return bytes[at - 1] === CLOSE_BRACKET && bytes[at - 2] === CLOSE_BRACKET;
  }
}
