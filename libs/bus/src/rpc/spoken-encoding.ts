import { NestanzaError } from '@nestanza/core';
import { type Connection, discoInfo } from '@nestanza/xmpp';
import type { CallEncoding } from './call-encoding.js';

/** Addresses whose encoding is remembered; beyond, the one remembered longest is asked anew. */
const MOST_REMEMBERED = 1_000;

/** How long an instance may take to say what it knows, milliseconds. */
const PATIENCE = 5_000;

/** Which encoding each instance speaks. The first one is taken for granted until it was refused. */
export class SpokenEncodings {
  readonly #connection: Connection;
  readonly #encodings: readonly CallEncoding[];
  /** Only addresses that speak another than the first. */
  readonly #known = new Map<string, CallEncoding>();

  /** @param encodings - the preferred one first; never empty */
  constructor(connection: Connection, encodings: readonly CallEncoding[]) {
    this.#connection = connection;
    this.#encodings = encodings;
  }

  of(address: string): CallEncoding {
    return this.#known.get(address) ?? this.#encodings[0]!;
  }

  /**
   * Another encoding of an address that has refused `refused`; `undefined` unless the address itself announces one and
   * does not announce the refused one (XEP-0030). A refusal alone proves nothing: a server answers in the name of an
   * instance that is gone by the same condition, and a call repeated without its key would be handled twice.
   */
  async insteadOf(refused: CallEncoding, address: string): Promise<CallEncoding | undefined> {
    this.#known.delete(address);
    const features = await this.#featuresOf(address);
    if (features.has(refused.feature)) return undefined;
    const spoken = this.#encodings.find(({ feature }) => features.has(feature));
    if (spoken === undefined) return undefined;
    if (this.#known.size >= MOST_REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(address, spoken);
    return spoken;
  }

  async #featuresOf(address: string): Promise<ReadonlySet<string>> {
    try {
      return new Set((await discoInfo(this.#connection, { to: address }, { timeout: PATIENCE })).features);
    } catch (error) {
      // Who does not answer speaks nothing.
      if (error instanceof NestanzaError) return new Set();
      throw error;
    }
  }
}
