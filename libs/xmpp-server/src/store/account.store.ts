/** What SCRAM keeps of a password (RFC 5802 §3); base64. */
export interface ScramSecret {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

export type ScramHash = 'SHA-1' | 'SHA-256';

export interface Account {
  /** Normalised local part. */
  readonly name: string;
  /** By hash; empty for an account whose password is known elsewhere (a service's, a configured one's). */
  readonly secrets: Readonly<Partial<Record<ScramHash, ScramSecret>>>;
}

/**
 * Who exists on the served domain.
 * Promises: `add` is atomic over all processes. Does not promise: that another process sees a change before its next query.
 */
export interface AccountStore {
  find(name: string): Promise<Account | undefined>;
  /** @returns false, with nothing changed, when the name is taken */
  add(account: Account): Promise<boolean>;
  /** Adds the account, or gives an existing one these secrets. */
  put(account: Account): Promise<void>;
  /** Removes the account with its roster and stored messages. @returns false when there was none */
  remove(name: string): Promise<boolean>;
  /** Local parts, sorted by code unit. */
  names(): Promise<readonly string[]>;
}
