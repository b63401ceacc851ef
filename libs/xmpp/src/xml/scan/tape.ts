/**
 * What the scanner found in one stanza, as numbers: positions count from the stanza's first byte. An element is
 * `ELEMENT_WORDS` words, then its attributes, then its content: texts and elements, each a record of its own.
 *
 * element: where its content's records end (while it is open: the parent's record) · start and end of the name ·
 *          length of its prefix · count of attributes
 * attribute: start and end of the name · length of its prefix · start of the value · its end, as `~end` when it has to
 *          be decoded
 * text: kind, below zero · start · end
 */
export const ELEMENT_WORDS = 5;
export const ATTRIBUTE_WORDS = 5;
export const TEXT_WORDS = 3;

export const PLAIN_TEXT = -1;
/** Has references, or line ends that are not a line feed. */
export const CODED_TEXT = -2;
/** Character data of a CDATA section with such line ends. */
export const CODED_CDATA = -3;

/** Words that are written without a look at the room: more than any record has. */
const SLACK = 16;

/** Grows by doubling; bounded by what the limits let a stanza hold. */
export class Tape {
  words: Int32Array;
  /** Another number for each stanza: what was written for an earlier one is gone. */
  generation = 0;

  constructor(words: number) {
    this.words = new Int32Array(words + SLACK);
  }

  /** The words, with room for one more record at `length`. */
  withRoom(length: number): Int32Array {
    if (length + SLACK > this.words.length) {
      const larger = new Int32Array(2 * this.words.length);
      larger.set(this.words);
      this.words = larger;
    }
    return this.words;
  }

  /** A tape of its own with the first `length` words of this one, and those of the record that is being written. */
  copy(length: number): Tape {
    const tape = new Tape(2 * length);
    tape.words.set(this.words.subarray(0, length + SLACK));
    return tape;
  }
}

/** The tape of every scanner that is not in the middle of a stanza. */
export const sharedTape = new Tape(8_192);
