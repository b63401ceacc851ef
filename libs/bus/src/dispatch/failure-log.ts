import { ContractError, formatChannel } from '@nestanza/contracts';
import type { Log } from '@nestanza/core';
import { failureReport } from '../failure-report.js';
import type { Handler } from '../handlers/handler.js';
import type { Settlement } from '../settlement.js';

/**
 * Says that a handler failed: refusals in one line, everything else as the block of `failureReport`. An error that the
 * contract declares is an answer like any other.
 */
export function logFailure(
  log: Log,
  { channel, place }: Pick<Handler, 'channel' | 'place'>,
  { id, settlement, end }: { readonly id: string; readonly settlement: Settlement; readonly end: string },
): void {
  if (settlement.outcome === 'done') return;
  const facts = { handler: place, channel: formatChannel(channel), id };
  if (settlement.error instanceof ContractError) {
    log.debug(`${place} answered with "${settlement.error.code}".`, facts);
    return;
  }
  if (settlement.outcome === 'reject') {
    log.warn(`${place} refused a message: ${settlement.reason}`, { ...facts, code: settlement.code });
    return;
  }
  log.error(failureReport({ ...facts, error: settlement.error, end }), facts);
}
