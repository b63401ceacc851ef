import type { Clock } from '@nestanza/core';
import { SaslFailure, type Authenticator } from '@nestanza/xmpp/internal';

/** Failed logins that are let pass at once, and how many more a minute after that. */
interface Allowance {
  readonly burst: number;
  readonly perMinute: number;
}

/** Guesses at one account from one address: a person's typing errors fit, a dictionary does not. */
const PAIR: Allowance = { burst: 10, perMinute: 10 };
/** Guesses at one account from anywhere: many addresses must not add up. */
const ACCOUNT: Allowance = { burst: 100, perMinute: 60 };
/** Guesses from one address at any accounts. */
const ADDRESS: Allowance = { burst: 100, perMinute: 60 };

/** Counted keys kept; the one that failed longest ago goes. */
const CAPACITY = 30_000;
const MINUTE = 60_000;

/**
 * Slows guessing down, in bounded memory. Refusals say nothing of whether the account exists: unknown names count alike.
 * Loopback counts by account only, since everybody on the machine shares it.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #capacity: number;
  /** Failures not yet forgiven, and when they were counted; by key, the latest last. */
  readonly #failures = new Map<string, { readonly count: number; readonly at: number }>();

  constructor(clock: Clock, capacity = CAPACITY) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** Keys held in memory. */
  get size(): number {
    return this.#failures.size;
  }

  /** The authenticator as connections from `address` see it; `undefined` for those inside the process. */
  guarding(authenticator: Authenticator, address: string | undefined): Authenticator {
    return {
      decoy: authenticator.decoy,
      credentials: (username, hash) => {
        if (this.#isSpent(username, address))
          throw new SaslFailure('temporary-auth-failure', 'Too many failed logins.');
        return authenticator.credentials(username, hash);
      },
      attempted: (attempt) => {
        if (!attempt.succeeded) this.#count(attempt.username, address);
        authenticator.attempted?.(attempt);
      },
    };
  }

  #isSpent(username: string, address: string | undefined): boolean {
    return keysOf(username, address).some(([key, allowance]) => this.#owed(key, allowance) + 1 > allowance.burst);
  }

  #count(username: string, address: string | undefined): void {
    for (const [key, allowance] of keysOf(username, address)) {
      const count = this.#owed(key, allowance) + 1;
      this.#failures.delete(key);
      this.#failures.set(key, { count, at: this.#clock.now() });
    }
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= this.#capacity) return;
      this.#failures.delete(oldest);
    }
  }

  /** Failures of a key that time has not forgiven. */
  #owed(key: string, { perMinute }: Allowance): number {
    const entry = this.#failures.get(key);
    if (entry === undefined) return 0;
    return Math.max(0, entry.count - ((this.#clock.now() - entry.at) * perMinute) / MINUTE);
  }
}

function keysOf(username: string, address: string | undefined): readonly (readonly [string, Allowance])[] {
  const account = [`account ${username}`, ACCOUNT] as const;
  if (address === undefined) return [account];
  const pair = [`pair ${address} ${username}`, PAIR] as const;
  return isLoopback(address) ? [account, pair] : [account, pair, [`address ${address}`, ADDRESS]];
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
