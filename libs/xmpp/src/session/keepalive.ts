import { NestanzaError, type Clock, type Timer } from '@nestanza/core';
import type { XmlStream } from '../stream/xml-stream.js';

/** A peer that sent nothing for so long is asked whether it lives. */
const IDLE = 60_000;
/** And has so long to send anything at all. */
const PATIENCE = 20_000;

export interface KeepaliveOptions {
  readonly clock: Clock;
  /** Asks the peer for a sign of life; the answer itself does not matter. */
  ping(): void;
}

/** Destroys the stream of a peer that has died without a word: 60 s of silence, a ping, and 20 s more. */
export class Keepalive {
  readonly #stream: XmlStream;
  readonly #options: KeepaliveOptions;
  #timer: Timer | undefined;
  #seen = 0;

  constructor(stream: XmlStream, options: KeepaliveOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#watch();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #watch(): void {
    this.#seen = this.#stream.bytesRead;
    this.#timer = this.#options.clock.after(IDLE, () => {
      if (this.#alive()) return this.#watch();
      this.#options.ping();
      this.#timer = this.#options.clock.after(PATIENCE, () => {
        if (this.#alive()) this.#watch();
        else this.#stream.destroy(silent());
      });
    });
  }

  #alive(): boolean {
    return this.#stream.bytesRead > this.#seen;
  }
}

function silent(): NestanzaError {
  const message = `The XMPP server has been silent for ${(IDLE + PATIENCE) / 1000} s, in spite of a ping.`;
  return new NestanzaError('NST_XMPP_DISCONNECTED', message, { retryable: true });
}
