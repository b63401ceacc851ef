import { parseArgs } from 'node:util';

export interface Arguments {
  readonly once: boolean;
  readonly help: boolean;
}

export const HELP = `npm start [-- --once]

Starts the demo: the XMPP server (nestanza serve) and the services orders, inventory, billing and monitor,
each a process of its own. What dies is started again. Ctrl-C drains and ends all of them.

  --once   plays ten orders, checks every outcome, and ends: exit code 0 only if all was as expected
  --help   shows this

Environment
  NESTANZA_DATA           directory of the database, certificates and logs (./.nestanza; --once: a fresh one, removed)
  NESTANZA_HTTP_PORT      port of the orders service (3000 if free, else any)
  NESTANZA_DATABASE       postgres://… instead of the embedded database
  NESTANZA_QUEUE          redis://… instead of the database for BullMQ
  NESTANZA_XMPP_PORT      port of the XMPP server (5222 if free, else any)
  NESTANZA_XMPP_ACCOUNTS  accounts for chat clients, alice:secret,bob:secret

Example
  npm start -- --once
`;

/** @throws TypeError naming an option that does not exist */
export function readArguments(words: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...words],
    options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  return values;
}
