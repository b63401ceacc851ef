import type { Clock, Timer } from '@nestanza/core';
import { type Connection, presence } from '@nestanza/xmpp';

/** Waits between requests that nobody has answered, milliseconds: the account may not exist yet. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/**
 * Asks for an account's presence until it is granted (RFC 6121 §3.1). A request to an account that does not exist yet
 * is dropped without a word, so silence means: ask again.
 */
export class PresenceSubscription {
  readonly #bare: string;
  readonly #connection: Connection;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #wait = FIRST_WAIT;

  constructor(bare: string, { connection, clock }: { readonly connection: Connection; readonly clock: Clock }) {
    this.#bare = bare;
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Asks now, as on every new stream, and goes on asking. */
  ask(): void {
    this.#timer?.cancel();
    this.#wait = FIRST_WAIT;
    this.#request();
  }

  /** The account lets itself be seen, or nobody wants to see it any more: no further request. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wait = FIRST_WAIT;
  }

  /** It does not, or no longer: asked again in time, ever more seldom. */
  refused(): void {
    if (this.#timer === undefined) this.#later();
  }

  #request(): void {
    this.#timer = undefined;
    // The next stream asks anew.
    if (this.#connection.status.state !== 'online') return;
    this.#connection.send(presence({ type: 'subscribe', to: this.#bare }));
    this.#later();
  }

  #later(): void {
    this.#timer = this.#clock.after(this.#wait, () => this.#request());
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}
