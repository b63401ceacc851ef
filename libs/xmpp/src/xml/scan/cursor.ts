import type { XmlLimits } from '../limits.js';
import { referenceLength } from './reference.js';
import { refuse } from './refuse.js';
import { sharedTape, TEXT_WORDS, type Tape } from './tape.js';
import { TapeView } from './tape-view.js';

const NOTHING = Buffer.alloc(0);

/**
 * Where a scan stands in its bytes and on its tape: what the readers of tags, texts and stanzas share. Its fields are
 * read and written for every token; only the files of this folder do that.
 */
export class Cursor {
  bytes: Buffer = NOTHING;
  at = 0;
  end = 0;
  /** Where the bytes end, or the stanza reaches its bound. */
  stop = 0;
  /** Of the stanza's first byte; -1 where there is none. */
  base = -1;
  /** No byte of the stanza is above 0x7F, as far as its chunks tell. */
  ascii = true;
  /** Where the name or text that is being read began, counted from the stanza's first byte. */
  mark = 0;
  bounds: XmlLimits;
  tape: Tape = sharedTape;
  /** Words on the tape. */
  length = 0;
  #chunkAscii = true;

  constructor(bounds: XmlLimits) {
    this.bounds = bounds;
  }

  feed(bytes: Buffer, at: number, ascii: boolean): void {
    this.bytes = bytes;
    this.at = at;
    this.end = bytes.length;
    this.#chunkAscii = ascii;
    if (!ascii) this.ascii = false;
    this.stop = this.base < 0 ? this.end : Math.min(this.end, this.base + this.bounds.bytes);
  }

  /** A stanza begins at the present byte. */
  begin(bounds: XmlLimits): void {
    this.base = this.at;
    this.bounds = bounds;
    this.stop = Math.min(this.end, this.at + bounds.bytes);
    this.tape = sharedTape;
    sharedTape.generation++;
    this.length = 0;
  }

  /** What was found is behind us. */
  settle(): void {
    this.base = -1;
    this.stop = this.end;
    this.ascii = this.#chunkAscii;
  }

  /** The bytes of the stanza begin at 0 of what is fed next. Its tape is its own now. */
  moved(): void {
    this.at -= this.base;
    this.base = 0;
    if (this.tape === sharedTape) this.tape = sharedTape.copy(this.length);
  }

  release(): void {
    this.bytes = NOTHING;
  }

  /** The bytes have ended: more are needed, unless it is the stanza's bound that was reached. */
  starve(): 'nothing' {
    if (this.stop < this.end) refuse('policy-violation', 'An element is larger than allowed here.');
    return 'nothing';
  }

  /** A name or text begins at the present byte. */
  markHere(): void {
    this.mark = this.at - this.base;
  }

  /** Length of the reference at the present byte; 0 while it is not whole. */
  reference(): number {
    const length = referenceLength(this.bytes, this.at, this.stop);
    if (length < 0) refuse('not-well-formed');
    return length;
  }

  /** Whether the text follows; undefined while that cannot be said. */
  matches(text: string): boolean | undefined {
    for (let index = 0; index < text.length; index++) {
      if (this.at + index >= this.stop) return undefined;
      if (this.bytes[this.at + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Writes the text from the mark to `end`, unless it is empty. */
  pushText(kind: number, end: number): void {
    const last = end - this.base;
    if (last === this.mark) return;
    const words = this.tape.withRoom(this.length);
    words[this.length] = kind;
    words[this.length + 1] = this.mark;
    words[this.length + 2] = last;
    this.length += TEXT_WORDS;
  }

  view(): TapeView {
    return new TapeView(this.tape.words, this);
  }
}
