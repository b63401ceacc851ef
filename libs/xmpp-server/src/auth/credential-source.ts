import type { ScramCredentials, ScramHash } from '@nestanza/xmpp/internal';

/** One kind of account; sources are asked in order. Names are normalised local parts. */
export interface CredentialSource {
  /** @returns undefined for a name that is not of this kind */
  credentials(name: string, hash: ScramHash): Promise<ScramCredentials | undefined>;
}

/** PBKDF2 rounds of every account: the same everywhere, or the count would tell accounts apart. */
export const SCRAM_ITERATIONS = 10_000;
