import { milliseconds, NestanzaError, type Duration } from '@nestanza/core';

/** What became of a message, as a value. Every message ends in one of these. */
export type Settlement =
  | { readonly outcome: 'done'; readonly result?: unknown }
  /** Run again by the retry policy. */
  | { readonly outcome: 'retry'; readonly error: Error }
  /** Run again at this time (milliseconds since the epoch); counts as no failure. */
  | { readonly outcome: 'later'; readonly at: number; readonly error: Error }
  /** Never run again: an event is dead-lettered, a request or message answered with an error. */
  | { readonly outcome: 'reject'; readonly code: string; readonly reason: string; readonly error: Error };

/** Thrown by a handler: run me again after this duration, or at this time. */
export class RetryAfter extends NestanzaError {
  /** Milliseconds since the epoch. */
  readonly at: number;

  constructor(when: Duration | Date) {
    const at = when instanceof Date ? when.getTime() : Date.now() + milliseconds(when);
    super('NST_BUS_RETRY_AFTER', `The handler asked to run again at ${new Date(at).toISOString()}.`, {
      retryable: true,
    });
    this.at = at;
  }
}

/** Thrown by a handler: this message can never succeed. */
export class Reject extends NestanzaError {
  /** The stable code that reaches the sender or the dead letter. */
  readonly reject: string;

  constructor(code: string, text: string, options: { readonly cause?: unknown } = {}) {
    super('NST_BUS_REJECT', text, { facts: { reject: code }, cause: options.cause });
    this.reject = code;
  }
}
