import { type Clock, milliseconds } from '@nestanza/core';
import { StanzaError } from '@nestanza/xmpp';
import type { Colleagues } from '../presence/colleagues.js';

/** An instance that left its presence may still answer while it drains: so long it is waited for. */
const DRAIN = milliseconds('10s');
/** And so long where the call may be repeated elsewhere without harm. */
const BRIEFLY = milliseconds('1s');

export interface LossOptions {
  readonly clock: Clock;
  /** Whether the call may be repeated without harm. */
  readonly idempotent: boolean;
}

/**
 * Runs `work` with a signal that aborts a while after the instance has gone, with `recipient-unavailable`: nobody knows
 * then whether the call was handled, and waiting for the whole timeout would not tell.
 */
export async function whileThere<T>(
  instance: { readonly jid: string; readonly colleagues: Colleagues },
  { clock, idempotent }: LossOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let patience: ReturnType<Clock['after']> | undefined;
  const release = instance.colleagues.onChange(({ jid, available }) => {
    if (jid !== instance.jid || available || patience !== undefined) return;
    const gone = new StanzaError('recipient-unavailable', { text: `${jid} went away before it answered.` });
    patience = clock.after(idempotent ? BRIEFLY : DRAIN, () => lost.abort(gone));
  });
  try {
    return await work(lost.signal);
  } finally {
    release();
    patience?.cancel();
  }
}
