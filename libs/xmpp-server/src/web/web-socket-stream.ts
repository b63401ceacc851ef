import { Duplex } from 'node:stream';
import { toError } from '@nestanza/core';
import type { WebSocket } from 'ws';
import { fromFrame, toFrames } from './framing.js';

/** RFC 6455 §7.4.1: a message of a kind that is not served. */
const UNSUPPORTED_DATA = 1003;

/** A WebSocket as the transport of an XML stream, at either end: framing in, framing out (RFC 7395). */
export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super({ decodeStrings: false });
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) return socket.close(UNSUPPORTED_DATA); // RFC 7395 §3.2: text alone
      this.#receive((data as Buffer).toString());
    });
    socket.once('close', () => {
      this.push(null);
      this.destroy();
    });
    socket.once('error', (error) => this.destroy(error));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const frames = toFrames(String(chunk));
    const last = frames.pop();
    if (last === undefined) return done();
    for (const frame of frames) this.#socket.send(frame);
    this.#socket.send(last, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }

  #receive(text: string): void {
    try {
      if (!this.push(fromFrame(text))) this.#socket.pause();
    } catch (error) {
      this.destroy(toError(error));
    }
  }
}
