/** At least so many bytes are taken at once. */
const LEAST = 1_024;

/** The bytes of one unfinished stanza, in one piece. Room doubles, so that each byte is copied a few times at most. */
export class Carry {
  #room: Buffer;
  #length: number;

  constructor(bytes: Buffer) {
    this.#room = Buffer.allocUnsafe(Math.max(64, 2 * bytes.length));
    this.#length = bytes.copy(this.#room);
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  /** Appends a part of `chunk`, from `at` on; more the longer the stanza has become. @returns where the rest begins */
  take(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + Math.max(LEAST, this.#length));
    const length = this.#length + end - at;
    if (length > this.#room.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#room.copy(larger, 0, 0, this.#length);
      this.#room = larger;
    }
    chunk.copy(this.#room, this.#length, at, end);
    this.#length = length;
    return end;
  }
}
