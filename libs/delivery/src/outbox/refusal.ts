import { hasCode, NestanzaError } from '@nestanza/core';

/** What a failed send means for its row. */
export type SendFailure =
  /** There is no stream: everything waits for the next, and nothing is counted. */
  | 'offline'
  /** It may succeed later. */
  | 'again'
  /** It never will. */
  | 'refused';

/** Conditions of type `cancel` (RFC 6120 §8.3.3) that no waiting cures. */
const FINAL = new Set([
  'bad-request',
  'conflict',
  'feature-not-implemented',
  'gone',
  'jid-malformed',
  'not-allowed',
  'redirect',
]);

/** Codes of a stream that is not there, or went before the answer came. */
const NO_STREAM = ['NST_XMPP_OFFLINE', 'NST_XMPP_DISCONNECTED'];

/**
 * Judges an error of `deliverOutbound`. A stanza error of type `modify` or `auth` is final, of type `wait` never; of
 * type `cancel` it depends: a node that is missing may be made, a service that is away may come back.
 */
export function judgeSendFailure(error: unknown): SendFailure {
  if (NO_STREAM.some((code) => hasCode(error, code))) return 'offline';
  if (typeof error === 'object' && error !== null && 'condition' in error && 'type' in error) {
    if (error.type === 'modify' || error.type === 'auth') return 'refused';
    return error.type === 'cancel' && FINAL.has(String(error.condition)) ? 'refused' : 'again';
  }
  return error instanceof NestanzaError && !error.retryable ? 'refused' : 'again';
}

const FIRST = 250;
const CAP = 60_000;

/** Milliseconds until the next send after `attempts` failed ones: doubling from 250 ms to a minute, half of it random. */
export function resendDelay(attempts: number, random: number): number {
  const ceiling = Math.min(CAP, FIRST * 2 ** Math.min(attempts, 16));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Milliseconds after which a row that nobody takes is given up. */
export const SEND_MAX_AGE = 86_400_000;
