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
  /** An account that may log in: not one that is leaving. */
  find(name: string): Promise<Account | undefined>;
  /** @returns false, with nothing changed, when the name is taken or reserved */
  add(account: Account): Promise<boolean>;
  /** Adds the account, or gives an existing one these secrets. @returns false when the name is reserved or its account is leaving */
  put(account: Account): Promise<boolean>;
  /** From here on the account cannot log in; the server that hosts the domain removes it. @returns false when there is none */
  dismiss(name: string): Promise<boolean>;
  /** Dismissed accounts that are not removed yet. */
  leaving(): Promise<readonly string[]>;
  /**
   * Removes the account, leaving or not, with all that the store keeps of it. Its name stays reserved for good: whoever
   * knew the old account must not take a new one for it.
   * @returns false when there was none
   */
  remove(name: string): Promise<boolean>;
  /** True for the name of an account that is leaving or removed. */
  isReserved(name: string): Promise<boolean>;
  /** Local parts of those that may log in, sorted by code unit. */
  names(): Promise<readonly string[]>;
}
