import { openDatabase } from '@nestanza/postgres';
import { joinEmbedded } from '@nestanza/xmpp-server';
import { Command } from 'commander';
import { chatAccount } from '../chat-account.js';
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
  const log = streamLog(process.stderr, { json });
  const ended = untilSignal();
  await using database = await openDatabase({ log });
  await using server = await joinEmbedded({ database: database.url, role: 'preferred', log });
  const { domain, address, fingerprint, ca } = server;
  const account = await chatAccount(server);
  process.stdout.write(
    json
      ? `${JSON.stringify({ serving: { ...address, domain, fingerprint, ca, account } })}\n`
      : [
          `XMPP server for ${domain} at ${address.host}:${address.port}`,
          `Account for any chat client: ${account.jid}   password: ${account.password}`,
          `Its CA certificate: SHA-256 ${fingerprint}\n`,
        ].join('\n'),
  );
  process.send?.('ready');
  await ended;
}
