import { isAscii, isUtf8 } from 'node:buffer';
import { StreamError } from '../stream/stream-error.js';
import type { XmlLimits } from './limits.js';
import type { XmlEvents, XmlParser } from './parser.js';
import { Carry } from './scan/carry.js';
import { cutCharacter } from './scan/cut-character.js';
import { StanzaScan } from './scan/stanza-scan.js';

/**
 * The parser of every stream: one pass over the bytes, elements that read themselves when asked. It keeps bytes only of
 * an unfinished stanza.
 */
export class XmlScanner implements XmlParser {
  readonly #events: XmlEvents;
  readonly #scan: StanzaScan;
  /** Bytes of a stanza that came in several chunks. */
  #carry: Carry | undefined;
  /** The beginning of a character whose other bytes have not come yet. */
  #cut: Buffer | undefined;
  #stopped = false;

  constructor(events: XmlEvents, limits: () => XmlLimits) {
    this.#events = events;
    this.#scan = new StanzaScan(limits);
  }

  write(bytes: Uint8Array): void {
    if (this.#stopped || bytes.length === 0) return;
    try {
      this.#read(this.#whole(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
    } catch (error) {
      this.#stopped = true;
      throw error;
    } finally {
      this.#scan.release();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The bytes that are whole characters, those of the last chunk first. */
  #whole(chunk: Buffer): Buffer {
    const bytes = this.#cut === undefined ? chunk : Buffer.concat([this.#cut, chunk]);
    const cut = cutCharacter(bytes);
    this.#cut = cut === 0 ? undefined : Buffer.from(bytes.subarray(bytes.length - cut));
    return cut === 0 ? bytes : bytes.subarray(0, bytes.length - cut);
  }

  #read(chunk: Buffer): void {
    const ascii = isAscii(chunk);
    if (!ascii && !isUtf8(chunk)) throw new StreamError('not-well-formed', 'These bytes are no UTF-8.');
    for (let at = 0; at < chunk.length && !this.#stopped;) {
      if (this.#carry === undefined) {
        this.#scan.feed(chunk, at, ascii);
        while (this.#handOut());
        this.#keep(chunk);
        return;
      }
      at = this.#carry.take(chunk, at);
      const { bytes } = this.#carry;
      this.#scan.feed(bytes, this.#scan.position, ascii);
      // What comes after the unfinished stanza is read where it lies.
      if (this.#handOut()) {
        at -= bytes.length - this.#scan.position;
        this.#carry = undefined;
      } else this.#keep(bytes);
    }
  }

  /** Reports the next thing that the bytes hold. @returns false when there is none, or nobody listens any more */
  #handOut(): boolean {
    const found = this.#stopped ? 'nothing' : this.#scan.advance();
    if (found === 'element') {
      this.#events.onElement(this.#scan.received().element);
    } else if (found === 'header') {
      const { element, namespace } = this.#scan.header();
      this.#events.onHeader(element, namespace);
    } else if (found === 'end') {
      this.#stopped = true;
      this.#events.onEnd();
    }
    return found !== 'nothing';
  }

  /** Moves what is unfinished out of `bytes`, unless it is where it stays. */
  #keep(bytes: Buffer): void {
    const begin = this.#scan.unfinished;
    if (begin === undefined || this.#stopped) {
      this.#carry = undefined;
    } else if (begin > 0 || this.#carry === undefined) {
      this.#carry = new Carry(bytes.subarray(begin));
      this.#scan.moved();
    }
  }
}
