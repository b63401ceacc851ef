import type { Duplex } from 'node:stream';

/** The raw end of a transport, for dialogues: what one side says, and what it hears. */
export class Wire {
  readonly #transport: Duplex;
  #heard = '';
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(transport: Duplex) {
    this.#transport = transport;
    transport.on('data', (bytes: Buffer) => {
      this.#heard += bytes.toString();
      this.#wake?.();
    });
    const closed = () => {
      this.#closed = true;
      this.#wake?.();
    };
    transport.on('end', closed);
    transport.on('close', closed);
    transport.on('error', closed);
  }

  /** Ends reading here, so that TLS may take the transport over. */
  release(): Duplex {
    this.#transport.removeAllListeners('data');
    return this.#transport;
  }

  say(text: string): void {
    this.#transport.write(text);
  }

  /** What was heard up to and with the first match; it is forgotten then. */
  async hear(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#heard);
      if (match !== null) {
        this.#heard = this.#heard.slice(match.index + match[0].length);
        return match;
      }
      if (this.#closed) throw new Error(`Never heard ${String(pattern)}; the last was: ${this.#heard}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** All that was heard until the other side hung up. */
  async hearAll(): Promise<string> {
    while (!this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#heard;
  }

  hangUp(): void {
    this.#transport.destroy();
  }
}

/** A client's stream header. */
export function header(attributes = "to='localhost' version='1.0'", namespace = 'jabber:client'): string {
  return `<?xml version='1.0'?><stream:stream xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams' ${attributes}>`;
}
