import { unproven, type ClientMechanism } from './client-mechanism.js';

/** PLAIN (RFC 4616), the client's half. Only ever inside TLS: the caller sees to that. */
export class PlainClient implements ClientMechanism {
  readonly name = 'PLAIN';
  readonly #username: string;
  readonly #password: string;

  constructor(username: string, password: string) {
    this.#username = username;
    this.#password = password;
  }

  initial(): Buffer {
    return Buffer.from(`\0${this.#username}\0${this.#password}`);
  }

  respond(): Promise<Buffer> {
    return Promise.reject(unproven('PLAIN has no challenge, yet the server sent one'));
  }

  verify(): void {
    // Nothing to verify: with PLAIN the certificate alone says who the server is.
  }
}
