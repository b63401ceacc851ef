import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScramCredentials, ScramHash } from './authenticator.port.js';
import { preparePassword } from './password.js';

const DIGESTS = { 'SHA-256': 'sha256', 'SHA-1': 'sha1' } as const;
const LENGTHS = { 'SHA-256': 32, 'SHA-1': 20 } as const;

/** The least RFC 5802 §5.1 and RFC 7677 §4 allow. */
export const MIN_ITERATIONS = 4_096;
/** More would let a peer keep a processor busy for seconds. */
export const MAX_ITERATIONS = 1_000_000;

const pbkdf2Async = promisify(pbkdf2);

export function hmac(hash: ScramHash, key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac(DIGESTS[hash], key).update(data).digest();
}

export function digest(hash: ScramHash, data: Uint8Array): Buffer {
  return createHash(DIGESTS[hash]).update(data).digest();
}

export function xor(one: Uint8Array, other: Uint8Array): Buffer {
  const result = Buffer.alloc(one.length);
  for (let i = 0; i < one.length; i++) result[i] = one[i]! ^ other[i]!;
  return result;
}

/** What a password is stretched with. */
export interface Stretching {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** `Hi(password, salt, iterations)` of RFC 5802 §2.2, off the event loop. */
export function saltedPassword(hash: ScramHash, password: string, { salt, iterations }: Stretching): Promise<Buffer> {
  return pbkdf2Async(password, salt, iterations, LENGTHS[hash], DIGESTS[hash]);
}

export function clientKey(hash: ScramHash, salted: Uint8Array): Buffer {
  return hmac(hash, salted, 'Client Key');
}

export function serverKey(hash: ScramHash, salted: Uint8Array): Buffer {
  return hmac(hash, salted, 'Server Key');
}

/**
 * What a server stores of a password.
 * @param stretching.salt - default: 16 random bytes
 * @param stretching.iterations - default 4,096
 * @throws NestanzaError `NST_XMPP_PASSWORD`
 */
export async function scramCredentials(
  hash: ScramHash,
  password: string,
  { salt = randomBytes(16), iterations = MIN_ITERATIONS }: Partial<Stretching> = {},
): Promise<ScramCredentials> {
  const salted = await saltedPassword(hash, preparePassword(password), { salt, iterations });
  return { salt, iterations, storedKey: digest(hash, clientKey(hash, salted)), serverKey: serverKey(hash, salted) };
}
