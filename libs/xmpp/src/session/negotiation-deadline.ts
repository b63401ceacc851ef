import { NestanzaError, type Clock } from '@nestanza/core';
import type { XmlStream } from '../stream/xml-stream.js';

/** From the connected transport to the usable stream, in milliseconds. */
const DEADLINE = 30_000;

export interface DeadlineOptions {
  readonly stream: XmlStream;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The outcome of a negotiation, which is cut short after 30 s and when `signal` aborts. */
export async function withDeadline<T>(negotiation: Promise<T>, { stream, clock, signal }: DeadlineOptions): Promise<T> {
  const timer = clock.after(DEADLINE, () => stream.destroy(tooSlow()));
  const abort = () => stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await negotiation;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', abort);
  }
}

function tooSlow(): NestanzaError {
  const message = `The XMPP server did not finish the login within ${DEADLINE / 1000} s.`;
  return new NestanzaError('NST_XMPP_TIMEOUT', message, { retryable: true, facts: { timeout: DEADLINE } });
}
