import { CARRIAGE_RETURN, TAB, LINE_FEED } from './byte-kinds.js';
import { shortText } from './known-words.js';
import { referencedText } from './reference.js';
import { CODED_CDATA, CODED_TEXT } from './tape.js';

const LETTER_X = 0x78;
const CODED_VALUE = /\r\n?|[\n\t]|&[^;]*;/g;
const CODED_CONTENT = /\r\n?|&[^;]*;/g;
const LINE_ENDS = /\r\n?/g;

/** Reads the strings that a tape points to. Everything was validated when the tape was written. */
export class TapeView {
  /**
   * @param ascii - no byte of the stanza is above 0x7F
   */
  constructor(
    readonly words: Int32Array,
    readonly source: { readonly bytes: Buffer; readonly base: number; readonly ascii: boolean },
  ) {}

  /** The prefix of the name whose three words begin at `at`; empty where it has none. */
  prefix(at: number): string {
    const start = this.words[at]!;
    return this.words[at + 2] === 0 ? '' : this.#short(start, start + this.words[at + 2]!);
  }

  /** True when the name whose three words begin at `at` may be `xmlns` or begin with `xmlns:`. */
  mayDeclare(at: number): boolean {
    const prefix = this.words[at + 2]!;
    const { bytes, base } = this.source;
    const start = this.words[at]!;
    return (prefix === 0 ? this.words[at + 1]! - start : prefix) === 5 && bytes[base + start] === LETTER_X;
  }

  /** The name whose three words begin at `at`, without its prefix. */
  localName(at: number): string {
    const prefix = this.words[at + 2]!;
    return this.#short(this.words[at]! + (prefix === 0 ? 0 : prefix + 1), this.words[at + 1]!);
  }

  /** The value of the attribute at `at`, normalised (XML 1.0 §3.3.3). */
  value(at: number): string {
    const end = this.words[at + 4]!;
    if (end >= 0) return this.#short(this.words[at + 3]!, end);
    return this.#long(this.words[at + 3]!, ~end).replace(CODED_VALUE, (found) => decoded(found, ' '));
  }

  /** The text whose record begins at `at`, with line ends normalised (XML 1.0 §2.11). */
  text(at: number): string {
    const text = this.#long(this.words[at + 1]!, this.words[at + 2]!);
    switch (this.words[at]) {
      case CODED_TEXT:
        return text.replace(CODED_CONTENT, (found) => decoded(found, '\n'));
      case CODED_CDATA:
        return text.replace(LINE_ENDS, '\n');
      default:
        return text;
    }
  }

  #short(start: number, end: number): string {
    const { bytes, base } = this.source;
    return shortText(bytes, base + start, base + end);
  }

  #long(start: number, end: number): string {
    const { bytes, base, ascii } = this.source;
    return ascii
      ? bytes.toString('latin1', base + start, base + end)
      : bytes.toString('utf8', base + start, base + end);
  }
}

/** What a reference or a white space character stands for. */
function decoded(found: string, space: string): string {
  const first = found.charCodeAt(0);
  if (first === CARRIAGE_RETURN || first === LINE_FEED || first === TAB) return space;
  return referencedText(found.slice(1, -1)) ?? found;
}
