import { openBus, type OpenBus } from '@nestanza/bus/internal';
import { streamLog } from './stream-log.js';

/** Account of the command line on the embedded server. */
const ACCOUNT = 'cli';

export interface LinkOptions {
  /** Account on the embedded server; elsewhere `NESTANZA_XMPP` names it. Default `cli`. */
  readonly account?: string;
}

/** Runs `work` on a bus that is online, where `NESTANZA_XMPP` says; leaves it again whatever becomes of the work. */
export async function onTheBus(
  work: (bus: OpenBus) => Promise<void>,
  { account = ACCOUNT }: LinkOptions = {},
): Promise<void> {
  const log = streamLog(process.stderr, { json: false, least: 'warn' });
  await using bus = await openBus({ service: account, log });
  await work(bus);
}
