import type { EmbeddedXmpp } from '@nestanza/xmpp-server';
import { Command } from 'commander';
import { chatAccount } from '../chat-account.js';
import { hosting } from '../hosting.js';
import { streamLog } from '../stream-log.js';
import { untilSignal } from '../until-signal.js';

const EXAMPLE = `
Example
  $ nestanza serve
  XMPP server for localhost at 127.0.0.1:5222

Environment: NESTANZA_DATA, NESTANZA_DATABASE, NESTANZA_XMPP_DOMAIN, NESTANZA_XMPP_PORT,
NESTANZA_XMPP_ACCOUNTS (alice:secret,bob:secret).
`;

/** `nestanza serve`: hosts the XMPP server of the data directory until it is told to end. */
export function serve(): Command {
  return new Command('serve')
    .description('host the embedded XMPP server')
    .option('--json', 'print one line of JSON once it serves, and log lines as JSON')
    .addHelpText('after', EXAMPLE)
    .action(({ json = false }: { json?: boolean }) => run(json));
}

async function run(json: boolean): Promise<void> {
  const ended = untilSignal();
  await hosting(streamLog(process.stderr, { json }), async (server) => {
    process.stdout.write(await inWords(server, json));
    process.send?.('ready');
    await ended;
  });
}

async function inWords(server: EmbeddedXmpp, json: boolean): Promise<string> {
  const { domain, address, fingerprint, ca } = server;
  const account = await chatAccount(server);
  if (json) return `${JSON.stringify({ serving: { ...address, domain, fingerprint, ca, account } })}\n`;
  return [
    `XMPP server for ${domain} at ${address.host}:${address.port}`,
    `Account for any chat client: ${account.jid}   password: ${account.password}`,
    `Its CA certificate: SHA-256 ${fingerprint}\n`,
  ].join('\n');
}
