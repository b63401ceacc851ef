import { ContractError } from '@nestanza/contracts';
import { errorText, hasCode, toError } from '@nestanza/core';
import type { Settlement } from './settlement.js';

/** Codes of refusals that Nest's own exceptions stand for. */
const HTTP_CODES: Readonly<Record<number, string>> = { 400: 'NST_BUS_INVALID', 403: 'NST_BUS_FORBIDDEN' };

/** True for what a handler throws to say how its message ends. */
export function isSettlement(error: unknown): boolean {
  return hasCode(error, 'NST_BUS_RETRY_AFTER') || hasCode(error, 'NST_BUS_REJECT') || error instanceof ContractError;
}

/**
 * What a thrown value makes of its message: `RetryAfter` comes back later; `Reject`, a contract's error, a 4xx
 * HttpException and an RpcException end it; everything else is retried.
 */
export function settle(thrown: unknown): Exclude<Settlement, { outcome: 'done' }> {
  const error = toError(thrown);
  if (hasCode(error, 'NST_BUS_RETRY_AFTER')) {
    return { outcome: 'later', at: (error as unknown as { at: number }).at, error };
  }
  const code = refusalCode(error);
  return code === undefined
    ? { outcome: 'retry', error }
    : { outcome: 'reject', code, reason: errorText(error), error };
}

function refusalCode(error: Error): string | undefined {
  if (hasCode(error, 'NST_BUS_REJECT')) return (error as unknown as { reject: string }).reject;
  if (error instanceof ContractError) return error.code;
  // Nest's exceptions are told by their shape: an application may hold several copies of Nest's packages.
  if ('getStatus' in error && typeof error.getStatus === 'function') {
    const status = Number(error.getStatus());
    return status >= 400 && status < 500 ? (HTTP_CODES[status] ?? `HTTP_${status}`) : undefined;
  }
  return error.name === 'RpcException' || error.constructor.name === 'RpcException' ? 'NST_BUS_REFUSED' : undefined;
}
