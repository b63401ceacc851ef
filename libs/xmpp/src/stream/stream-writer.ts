import { NestanzaError } from '@nestanza/core';
import type { Duplex } from 'node:stream';

/** `drained` resolves below this many waiting bytes. */
const LOW_WATER = 65_536;
const DEFAULT_QUEUE = 8_388_608;

/**
 * Collects what is written in one tick and hands it to the transport in one write. Bytes are counted as UTF-16 code
 * units until the transport has them: a bound, no account.
 */
export class StreamWriter {
  readonly #limit: number;
  #transport: Duplex;
  #parts: string[] = [];
  #queued = 0;
  #scheduled = false;
  #stopped = false;
  #waiting: (() => void)[] = [];

  constructor(transport: Duplex, limit = DEFAULT_QUEUE) {
    this.#limit = limit;
    this.#transport = transport;
    this.attach(transport);
  }

  /** Writes to another transport from now on. */
  attach(transport: Duplex): void {
    this.#transport.off('drain', this.#onDrain);
    this.#transport = transport;
    transport.on('drain', this.#onDrain);
  }

  /** @throws NestanzaError `NST_XMPP_QUEUE_FULL` when the peer reads too slowly; the text is not queued */
  write(text: string): void {
    if (this.#waitingBytes() + text.length > this.#limit && this.#waitingBytes() > 0) {
      throw new NestanzaError(
        'NST_XMPP_QUEUE_FULL',
        `More than ${this.#limit} bytes wait to be sent to the XMPP peer.`,
        {
          retryable: true,
          facts: { limit: this.#limit },
        },
      );
    }
    this.append(text);
  }

  /** As `write`, whatever waits: for the little that negotiation and closing say. */
  append(text: string): void {
    this.#parts.push(text);
    this.#queued += text.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.flush);
  }

  readonly flush = (): void => {
    this.#scheduled = false;
    if (this.#parts.length === 0 || this.#stopped) return;
    const text = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.join('');
    this.#parts = [];
    this.#queued = 0;
    if (this.#transport.writable) this.#transport.write(text);
  };

  drained(): Promise<void> {
    if (this.#stopped || this.#waitingBytes() <= LOW_WATER) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Writes no more and lets nobody wait. */
  stop(): void {
    this.#stopped = true;
    this.#parts = [];
    this.#onDrain();
  }

  readonly #onDrain = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  };

  #waitingBytes(): number {
    return this.#queued + this.#transport.writableLength;
  }
}
