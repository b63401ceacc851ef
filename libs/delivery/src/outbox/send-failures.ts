import { errorText, systemClock, toError, type Clock, type Log } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { BURY_OUTGOING } from '../dead-letter/dead-letter-statements.js';
import { failureOf, REASON_LIMIT } from '../handling/failure-of.js';
import { storable } from '../storable.js';
import { PUT_OFF_OUTGOING, type RawOutgoing } from './outbox-statements.js';
import { judgeSendFailure, resendDelay, SEND_MAX_AGE } from './refusal.js';

export interface SendFailuresOptions {
  readonly kernel: Kernel;
  readonly service: string;
  /** Told of every message that was given up. */
  readonly onRefused: (letter: string) => void;
  readonly log: Log;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** What became of a row that could not be sent. */
export type SendFate =
  /** It is sent again in so many milliseconds; its key waits with it. */
  | { readonly state: 'waiting'; readonly delay: number }
  /** It is a dead letter, or was gone. */
  | { readonly state: 'buried' }
  /** A stream or the database was away: nothing is recorded. */
  | { readonly state: 'undecided' };

/** Puts off what could not be sent, and gives up what never will be. */
export class SendFailures {
  readonly #options: SendFailuresOptions;
  readonly #clock: Clock;

  constructor(options: SendFailuresOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Never rejects. */
  async settle(row: RawOutgoing, error: unknown): Promise<SendFate> {
    const failure = judgeSendFailure(error);
    if (failure === 'offline') return { state: 'undecided' };
    try {
      if (failure === 'refused') return await this.#bury(row, error, 'NST_DELIVERY_REFUSED');
      if (this.#clock.now() - row.at > SEND_MAX_AGE) return await this.#bury(row, error, 'NST_DELIVERY_TOO_OLD');
      return await this.#putOff(row, error);
    } catch (trouble) {
      const facts = { id: row.message_id, error: errorText(trouble) };
      this.#options.log.debug('A failed send could not be recorded and is repeated.', facts);
      return { state: 'undecided' };
    }
  }

  async #putOff(row: RawOutgoing, error: unknown): Promise<SendFate> {
    const { kernel, log, random = Math.random } = this.#options;
    const delay = resendDelay(row.attempts, random());
    const reason = storable(errorText(error), REASON_LIMIT);
    await kernel.query(PUT_OFF_OUTGOING, [row.id, delay / 1_000, reason]);
    if (row.attempts === 0) {
      const facts = { id: row.message_id, channel: row.channel, error: reason };
      log.warn('A message could not be sent and is sent again later.', facts);
    }
    return { state: 'waiting', delay };
  }

  async #bury(row: RawOutgoing, thrown: unknown, code: string): Promise<SendFate> {
    const { kernel, service, log, onRefused } = this.#options;
    const error = toError(thrown);
    const failure = failureOf(error, { attempt: row.attempts + 1, at: this.#clock.now() });
    const [letter] = await kernel.query<{ id: string }>(BURY_OUTGOING, [
      row.id,
      service,
      code,
      storable(errorText(error), REASON_LIMIT),
      failure.stack ?? null,
      JSON.stringify([failure]),
    ]);
    if (letter !== undefined) {
      const facts = { letter: letter.id, id: row.message_id, channel: row.channel, error: failure.message };
      log.error('A message was refused and is a dead letter now.', facts);
      onRefused(letter.id);
    }
    return { state: 'buried' };
  }
}
