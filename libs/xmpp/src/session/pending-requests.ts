import { milliseconds, NestanzaError, type Clock, type Timer } from '@nestanza/core';
import { randomBytes } from 'node:crypto';
import type { RequestOptions } from '../connection.js';
import { Jid } from '../jid.js';
import { StanzaError } from '../stanza/stanza-error.js';
import type { Element } from '../xml/element.js';

const MAX_PENDING = 65_536;

interface Pending {
  /** `to` of the request, as it was sent. */
  readonly to: string | undefined;
  readonly timer: Timer;
  resolve(result: Element): void;
  reject(error: Error): void;
}

/** IQ requests that wait for their reply. Only a reply of the right id from the address asked counts (RFC 6120 §8.1.2.1). */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  readonly #prefix = randomBytes(6).toString('base64url');
  #counter = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Sends `iq`, with an id of ours where it has none, and resolves with its result. */
  request(iq: Element, send: (iq: Element) => void, options: RequestOptions = {}): Promise<Element> {
    const id = iq.attr('id') ?? `${this.#prefix}${(this.#counter++).toString(36)}`;
    const { timeout = '30s', signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#pending.size >= MAX_PENDING) throw tooMany();
      if (this.#pending.has(id)) throw sameId(id);
      send(iq.attr('id') === undefined ? iq.with({ id }) : iq);
      const aborted = () => this.#take(id)?.reject(signal?.reason as Error);
      signal?.addEventListener('abort', aborted, { once: true });
      const settle = () => signal?.removeEventListener('abort', aborted);
      const to = iq.attr('to');
      this.#pending.set(id, {
        to,
        timer: this.#clock.after(milliseconds(timeout), () =>
          this.#take(id)?.reject(timedOut(to, milliseconds(timeout))),
        ),
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
    });
  }

  /**
   * Settles the request that this reply answers.
   * @param own - our full JID: what an absent `from` stands for
   * @returns false when nobody asked, or somebody else was asked
   */
  settle(reply: Element, own: Jid): boolean {
    const id = reply.attr('id') ?? '';
    const pending = this.#pending.get(id);
    if (pending === undefined || !answers(reply.attr('from'), pending.to, own)) return false;
    this.#take(id);
    if (reply.attr('type') === 'error') pending.reject(StanzaError.fromElement(reply));
    else pending.resolve(reply);
    return true;
  }

  /** Rejects whatever waits: the stream it was asked on is gone. */
  rejectAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.timer.cancel();
    return pending;
  }
}

/** Whether a reply from `from` may answer what was asked of `to`. */
function answers(from: string | undefined, to: string | undefined, own: Jid): boolean {
  if (from === to) return true;
  try {
    const account = own.bare();
    const asked = to === undefined ? account : Jid.parse(to);
    // The own server speaks for the account, and about itself with no address at all.
    if (from === undefined) return asked.equals(account) || String(asked) === own.domain;
    const sender = Jid.parse(from);
    if (to === undefined) return sender.equals(account) || sender.equals(own) || String(sender) === own.domain;
    return sender.equals(asked);
  } catch {
    // A malformed address is nobody's.
    return false;
  }
}

function timedOut(to: string | undefined, timeout: number): NestanzaError {
  return new NestanzaError('NST_XMPP_TIMEOUT', `${to ?? 'The server'} did not answer within ${timeout} ms.`, {
    retryable: true,
    facts: { to, timeout },
  });
}

function tooMany(): NestanzaError {
  return new NestanzaError('NST_XMPP_BUSY', `${MAX_PENDING} requests wait for their replies already.`, {
    retryable: true,
  });
}

function sameId(id: string): NestanzaError {
  return new NestanzaError('NST_XMPP_REQUEST_ID', `A request with the id "${id}" waits for its reply already.`, {
    facts: { id },
  });
}
