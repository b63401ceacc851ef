import { createHmac } from 'node:crypto';
import { scramCredentials, type ScramCredentials, type ScramHash } from '@nestanza/xmpp/internal';
import { SCRAM_ITERATIONS, type CredentialSource } from './credential-source.js';

/** Derivations kept; the oldest goes. */
const CACHED = 2_000;

/**
 * Accounts whose password this process knows: configured ones, or services' derived ones. What SCRAM needs is derived once
 * for each, with a salt that stays the same over restarts.
 * @param options.passwordOf - `undefined` for a name that is no such account
 * @param options.secret - what the salts are made from
 */
export function passwordAccounts(options: {
  readonly passwordOf: (name: string) => string | undefined;
  readonly secret: Uint8Array;
}): CredentialSource {
  const cache = new Map<string, Promise<ScramCredentials>>();
  return {
    async credentials(name, hash) {
      const password = options.passwordOf(name);
      if (password === undefined) return undefined;
      const key = `${hash} ${name}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const credentials = derive(hash, password, createHmac('sha256', options.secret).update(`salt ${key}`).digest());
      cache.set(key, credentials);
      if (cache.size > CACHED) cache.delete(cache.keys().next().value!);
      return credentials;
    },
  };
}

function derive(hash: ScramHash, password: string, salt: Uint8Array): Promise<ScramCredentials> {
  return scramCredentials(hash, password, { salt: salt.subarray(0, 16), iterations: SCRAM_ITERATIONS });
}
