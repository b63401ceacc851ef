import { ContractError } from '@nestanza/contracts';
import type { Settlement } from '../settlement.js';
import type { CallFailure } from './call-encoding.js';

const REASONS: Readonly<Record<string, CallFailure['reason']>> = {
  NST_BUS_FORBIDDEN: 'forbidden',
  NST_BUS_SOURCE: 'forbidden',
  NST_BUS_INVALID: 'invalid',
  NST_BUS_EXPIRED: 'invalid',
  NST_BUS_UNREADABLE: 'unreadable',
};

/** What a caller is told. The text of an unexpected exception stays here. */
export function callFailure(settlement: Exclude<Settlement, { outcome: 'done' }>): CallFailure {
  if (settlement.outcome === 'later') {
    return {
      reason: 'busy',
      code: 'NST_BUS_RETRY_AFTER',
      text: `Call again at ${new Date(settlement.at).toISOString()}.`,
    };
  }
  if (settlement.outcome === 'retry') {
    return {
      reason: 'internal',
      code: 'NST_BUS_CALL_FAILED',
      text: 'The call failed, and the fault is on the responding side.',
    };
  }
  const { code, reason: text, error } = settlement;
  if (error instanceof ContractError) return { reason: 'declared', code, text, data: error.data as unknown };
  return { reason: REASONS[code] ?? 'refused', code, text };
}
