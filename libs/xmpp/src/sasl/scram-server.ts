import { randomBytes, timingSafeEqual } from 'node:crypto';
import { accountName, checkAuthzid } from './authzid.js';
import type { ScramHash } from './authenticator.port.js';
import { findCredentials, type FoundCredentials } from './decoy.js';
import { SaslFailure } from './sasl-failure.js';
import { digest, hmac, xor } from './scram-keys.js';
import { decodeSaslName, parseScram } from './scram-message.js';
import type { ServerMechanism, ServerMechanismContext, ServerStep } from './server-mechanism.js';

interface Exchange {
  readonly username: string;
  readonly gs2Header: string;
  readonly firstBare: string;
  readonly serverFirst: string;
  readonly nonce: string;
  readonly credentials: FoundCredentials;
}

/** SCRAM (RFC 5802, RFC 7677), the server's half. An unknown account is refused where a wrong password would be. */
export class ScramServer implements ServerMechanism {
  readonly #hash: ScramHash;
  readonly #context: ServerMechanismContext;
  readonly #nonce: string;
  #exchange: Exchange | undefined;

  constructor(hash: ScramHash, context: ServerMechanismContext, nonce: string = randomBytes(18).toString('base64')) {
    this.#hash = hash;
    this.#context = context;
    this.#nonce = nonce;
  }

  async respond(message: Buffer): Promise<ServerStep> {
    if (this.#exchange !== undefined) return this.#finish(message.toString(), this.#exchange);
    this.#exchange = await this.#begin(message.toString());
    return { kind: 'challenge', data: Buffer.from(this.#exchange.serverFirst) };
  }

  async #begin(message: string): Promise<Exchange> {
    const { authenticator, domain } = this.#context;
    // gs2-header = gs2-cbind-flag "," [ "a=" saslname ] "," — `p=` asks for a binding that was not offered.
    const match = /^([ny],(?:a=([^,]+))?,)(.*)$/s.exec(message);
    const attributes = parseScram(match?.[3] ?? '');
    if (match === null || attributes === undefined || attributes.has('m')) throw new SaslFailure('malformed-request');
    const name = decodeSaslName(attributes.get('n') ?? '');
    const authzid = decodeSaslName(match[2] ?? '');
    const clientNonce = attributes.get('r');
    if (!name || authzid === undefined || !clientNonce) throw new SaslFailure('malformed-request');
    const username = accountName(name, domain);
    checkAuthzid(authzid, username, domain);
    const credentials = await findCredentials(authenticator, username, this.#hash);
    const nonce = clientNonce + this.#nonce;
    const salt = Buffer.from(credentials.salt).toString('base64');
    return {
      username,
      gs2Header: match[1]!,
      firstBare: match[3]!,
      serverFirst: `r=${nonce},s=${salt},i=${credentials.iterations}`,
      nonce,
      credentials,
    };
  }

  #finish(message: string, exchange: Exchange): ServerStep {
    const { username, credentials } = exchange;
    const attributes = parseScram(message);
    const proof = Buffer.from(attributes?.get('p') ?? '', 'base64');
    const binding = Buffer.from(attributes?.get('c') ?? '', 'base64').toString();
    if (
      binding !== exchange.gs2Header ||
      attributes?.get('r') !== exchange.nonce ||
      proof.length !== credentials.storedKey.length
    ) {
      throw new SaslFailure('malformed-request');
    }
    const withoutProof = message.slice(0, message.lastIndexOf(',p='));
    const authMessage = `${exchange.firstBare},${exchange.serverFirst},${withoutProof}`;
    const key = xor(proof, hmac(this.#hash, credentials.storedKey, authMessage));
    const succeeded = timingSafeEqual(digest(this.#hash, key), credentials.storedKey) && credentials.known;
    this.#context.authenticator.attempted?.({ username, succeeded });
    if (!succeeded) throw new SaslFailure('not-authorized');
    const signature = hmac(this.#hash, credentials.serverKey, authMessage);
    return { kind: 'success', username, data: Buffer.from(`v=${signature.toString('base64')}`) };
  }
}
