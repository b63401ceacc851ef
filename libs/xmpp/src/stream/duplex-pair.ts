import { Duplex } from 'node:stream';

/** One end of a pair: what is written here is read at the other end, no faster than that end reads. */
class PairedDuplex extends Duplex {
  #peer: PairedDuplex | undefined;
  /** Continues a write of the other end that waits for this end to read. */
  #release: (() => void) | undefined;
  #ended = false;

  static pair(): [PairedDuplex, PairedDuplex] {
    const [one, other] = [new PairedDuplex(), new PairedDuplex()];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  override _read(): void {
    this.#continuePeer();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Never within the call of `write`: what is built on sockets (TLS first of all) relies on that.
    process.nextTick(() => {
      const peer = this.#peer;
      if (peer === undefined || peer.destroyed) return done(new Error('The other end is closed.'));
      if (peer.push(chunk)) done();
      else peer.#release = done;
    });
  }

  override _final(done: () => void): void {
    const peer = this.#peer;
    if (peer !== undefined) peer.#endOfData();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    this.#peer = undefined;
    this.#continuePeer();
    // Like a socket: the other end sees the end of the data and then the close, whatever the reason here.
    if (peer !== undefined) setImmediate(() => peer.#hangUp());
    done(error);
  }

  #continuePeer(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  #endOfData(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }

  #hangUp(): void {
    this.#endOfData();
    this.end();
  }
}

/**
 * Two connected streams inside this process, with backpressure; destroying one end closes the other. In-process
 * sessions and tests use it where others use a socket.
 */
export function duplexPair(): [Duplex, Duplex] {
  return PairedDuplex.pair();
}
