import { createHmac } from 'node:crypto';
import type { Authenticator } from '@nestanza/xmpp/internal';
import { SCRAM_ITERATIONS, type CredentialSource } from './credential-source.js';

/**
 * Asks the sources in order; whoever none of them knows does not get in, so without sources nobody does.
 * @param options.isBarred - names that no source may let in any more: accounts that were deleted
 * @param options.secret - makes unknown names look like known ones; the same over restarts
 */
export function serverAuthenticator(options: {
  readonly sources: readonly CredentialSource[];
  readonly isBarred: (name: string) => Promise<boolean>;
  readonly secret: Uint8Array;
}): Authenticator {
  return {
    decoy: { secret: createHmac('sha256', options.secret).update('decoy').digest(), iterations: SCRAM_ITERATIONS },
    async credentials(name, hash) {
      if (await options.isBarred(name)) return undefined;
      for (const source of options.sources) {
        const credentials = await source.credentials(name, hash);
        if (credentials !== undefined) return credentials;
      }
      return undefined;
    },
  };
}
