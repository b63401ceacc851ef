/** Hash functions of the SCRAM mechanisms offered. */
export type ScramHash = 'SHA-256' | 'SHA-1';

/** What a server keeps of a password for one hash (RFC 5802 §3): enough to verify, not enough to log in. */
export interface ScramCredentials {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/**
 * Who may log in; filled by the server. There is no default: without accounts nobody gets in.
 *
 * Promises asked of an implementation: `credentials` takes equally long for known and unknown names, and always gives
 * `decoy.iterations` iterations for names it knows.
 */
export interface Authenticator {
  /**
   * Makes unknown names look like known ones: their salt is an HMAC of the name under `secret`, which therefore has to
   * stay the same over restarts.
   */
  readonly decoy: { readonly secret: Uint8Array; readonly iterations: number };
  /**
   * @param username - local part of the account, normalised (RFC 7622)
   * @returns `undefined` for an unknown account
   * @throws SaslFailure `temporary-auth-failure`, `account-disabled`, … to refuse the attempt
   */
  credentials(username: string, hash: ScramHash): Promise<ScramCredentials | undefined>;
  /** Told how each attempt ended, so that accounts and addresses can be throttled. */
  attempted?(attempt: { readonly username: string; readonly succeeded: boolean }): void;
}
