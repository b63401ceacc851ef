import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ScramHash } from './authenticator.port.js';
import { unproven, type ClientMechanism } from './client-mechanism.js';
import {
  clientKey,
  digest,
  hmac,
  MAX_ITERATIONS,
  MIN_ITERATIONS,
  saltedPassword,
  serverKey,
  xor,
} from './scram-keys.js';
import { encodeSaslName, parseScram } from './scram-message.js';

/** No channel binding, no authzid: one logs in as oneself (RFC 5802 §6, §7). */
const GS2_HEADER = 'n,,';

export interface ScramClientOptions {
  readonly hash: ScramHash;
  readonly username: string;
  readonly password: string;
  /** Default: 24 random bytes. */
  readonly nonce?: string;
}

/**
 * SCRAM (RFC 5802, RFC 7677), the client's half. Succeeds only with a server that proved to know the account's key:
 * its signature is compared before `verify` returns, and a `<success/>` without it is refused.
 */
export class ScramClient implements ClientMechanism {
  readonly name: string;
  readonly #options: ScramClientOptions;
  readonly #nonce: string;
  readonly #firstBare: string;
  #state: 'initial' | 'first' | 'final' | 'verified' = 'initial';
  #signature: Buffer | undefined;

  constructor(options: ScramClientOptions) {
    this.name = `SCRAM-${options.hash}`;
    this.#options = options;
    this.#nonce = options.nonce ?? randomBytes(24).toString('base64');
    this.#firstBare = `n=${encodeSaslName(options.username)},r=${this.#nonce}`;
  }

  initial(): Buffer {
    this.#state = 'first';
    return Buffer.from(GS2_HEADER + this.#firstBare);
  }

  async respond(challenge: Buffer): Promise<Buffer> {
    if (this.#state === 'final') {
      // RFC 6120 §6.4.3: the server may put its signature into a challenge of its own before success.
      this.#checkSignature(challenge.toString());
      return Buffer.alloc(0);
    }
    if (this.#state !== 'first') throw unproven('it sent more challenges than SCRAM has');
    const response = await this.#answer(challenge.toString());
    this.#state = 'final';
    return response;
  }

  verify(additional: Buffer): void {
    if (this.#state === 'verified') return;
    this.#checkSignature(additional.toString());
  }

  async #answer(serverFirst: string): Promise<Buffer> {
    const { hash, password } = this.#options;
    const { nonce, salt, iterations } = this.#readServerFirst(serverFirst);
    const salted = await saltedPassword(hash, password, { salt, iterations });
    const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${nonce}`;
    const authMessage = `${this.#firstBare},${serverFirst},${withoutProof}`;
    const key = clientKey(hash, salted);
    const proof = xor(key, hmac(hash, digest(hash, key), authMessage));
    this.#signature = hmac(hash, serverKey(hash, salted), authMessage);
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`);
  }

  #readServerFirst(message: string): { nonce: string; salt: Buffer; iterations: number } {
    const attributes = parseScram(message);
    if (attributes === undefined || attributes.has('m')) throw unproven('its first SCRAM message is malformed');
    const nonce = attributes.get('r') ?? '';
    if (!nonce.startsWith(this.#nonce) || nonce.length <= this.#nonce.length)
      throw unproven('its nonce is not ours prolonged');
    const iterations = Number(/^[1-9]\d{0,9}$/.exec(attributes.get('i') ?? '')?.[0] ?? 0);
    if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
      throw unproven(`its iteration count is outside ${MIN_ITERATIONS} to ${MAX_ITERATIONS}`);
    }
    const salt = Buffer.from(attributes.get('s') ?? '', 'base64');
    if (salt.length === 0) throw unproven('its salt is missing');
    return { nonce, salt, iterations };
  }

  #checkSignature(serverFinal: string): void {
    const expected = this.#signature;
    if (this.#state !== 'final' || expected === undefined)
      throw unproven('it claimed success before the exchange was over');
    const received = Buffer.from(parseScram(serverFinal)?.get('v') ?? '', 'base64');
    if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
      throw unproven('its signature is wrong or missing');
    }
    this.#state = 'verified';
  }
}
