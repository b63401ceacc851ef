import { KIND, TEXT } from './byte-kinds.js';

/** From here on it pays to look at four bytes at once, where the view has to be made for it. */
const LONG = 64;

/**
 * Walks over character data that needs no look. The view of four-byte words is made once for a buffer, and only when a
 * text of it is long.
 */
export class TextSkipper {
  #bytes: Uint8Array | undefined;
  #words: Int32Array = new Int32Array(0);

  /** The position of the first byte from `at` on that is markup, a reference, or not allowed as it stands; else `end`. */
  skip(bytes: Uint8Array, at: number, end: number): number {
    const kinds = KIND;
    const near = Math.min(end, at + (this.#bytes === bytes ? 4 : LONG));
    while (at < near && (kinds[bytes[at]!]! & TEXT) !== 0) at++;
    return at < near || near === end ? at : this.#skipLong(bytes, at, end);
  }

  #skipLong(bytes: Uint8Array, at: number, end: number): number {
    if (this.#bytes !== bytes) this.#view(bytes);
    const kinds = KIND;
    const words = this.#words;
    const shift = bytes.byteOffset & 3;
    for (;;) {
      while (at < end && ((at + shift) & 3) !== 0 && (kinds[bytes[at]!]! & TEXT) !== 0) at++;
      if (at === end || ((at + shift) & 3) !== 0) return at;
      let index = (at + shift) >> 2;
      const last = (end + shift) >> 2;
      while (index < last && isPlain(words[index]!)) index++;
      at = (index << 2) - shift;
      const near = Math.min(end, at + 4);
      while (at < near && (kinds[bytes[at]!]! & TEXT) !== 0) at++;
      if (at < near || at === end) return at;
    }
  }

  #view(bytes: Uint8Array): void {
    const begin = bytes.byteOffset & ~3;
    const length = (bytes.byteOffset + bytes.length - begin) >> 2;
    this.#words = new Int32Array(bytes.buffer, begin, length);
    this.#bytes = bytes;
  }
}

/**
 * True for four ASCII bytes from 0x20 on without `<`, `>` and `&`. A byte that becomes zero, or would fall below zero,
 * shows in its highest bit after a subtraction; a wrong borrow only follows a right one.
 */
function isPlain(word: number): boolean {
  const below = word - 0x20202020;
  // `<` and `>` differ in one bit only: 0x3C and 0x3E.
  const angle = ((word | 0x02020202) ^ 0x3e3e3e3e) - 0x01010101;
  const ampersand = (word ^ 0x26262626) - 0x01010101;
  return ((word | below | angle | ampersand) & 0x80808080) === 0;
}
