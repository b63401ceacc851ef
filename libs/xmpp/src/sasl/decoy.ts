import { createHmac, randomBytes } from 'node:crypto';
import type { Authenticator, ScramCredentials, ScramHash } from './authenticator.port.js';

export interface FoundCredentials extends ScramCredentials {
  /** False for an account that does not exist: the exchange goes on all the same, and fails at its end. */
  readonly known: boolean;
}

/** Credentials of an account; for an unknown one, credentials that look the same and fit no password. */
export async function findCredentials(
  authenticator: Authenticator,
  username: string,
  hash: ScramHash,
): Promise<FoundCredentials> {
  const found = await authenticator.credentials(username, hash);
  if (found !== undefined) return { ...found, known: true };
  const { secret, iterations } = authenticator.decoy;
  const salt = createHmac('sha256', secret).update(`${hash}\0${username}`).digest().subarray(0, 16);
  const length = hash === 'SHA-256' ? 32 : 20;
  return { salt, iterations, storedKey: randomBytes(length), serverKey: randomBytes(length), known: false };
}
