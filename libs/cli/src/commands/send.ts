import { milliseconds, pause, uniqueId, type Duration } from '@nestanza/core';
import { Jid, message, presence, readMessage } from '@nestanza/xmpp';
import { Command } from 'commander';
import { accountOf, readChannel } from '../address.js';
import { onTheBus } from '../link.js';

const EXAMPLE = `
Examples
  $ nestanza send operator 'The kettle is on.'
  $ nestanza send orders 'order 2 TEA-01' --wait 10s

Exit code 1 when the awaited answer does not come.
`;

interface Options {
  readonly wait?: Duration;
  readonly json?: boolean;
}

/** `nestanza send`: sends a direct message, and prints the answer where one is awaited. */
export function send(): Command {
  return new Command('send')
    .description('send a direct message to an account')
    .argument('<channel>', 'orders, or message://<jid>')
    .argument('<text>')
    .option('--wait <duration>', 'wait so long for an answer, e.g. 10s')
    .option('--json', 'print the answer as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(word: string, text: string, { wait, json }: Options): Promise<void> {
  const channel = readChannel(word, 'message');
  await onTheBus(async ({ transport: { connection, address } }) => {
    const to = Jid.parse(accountOf(channel, address.domain));
    const answered = new AbortController();
    let answer: string | undefined;
    connection.onStanza((stanza) => {
      if (stanza.name !== 'message') return;
      const { from, body } = readMessage(stanza);
      if (body === undefined || from?.bare().equals(to.bare()) !== true) return;
      answer = body;
      answered.abort();
    });
    if (wait !== undefined) connection.send(presence());
    connection.send(message({ to: to.toString(), id: uniqueId(), type: 'chat', body: text }));
    if (wait === undefined) return;
    await pause(milliseconds(wait), { signal: answered.signal });
    if (answer === undefined) process.exitCode = 1;
    else process.stdout.write(json ? `${JSON.stringify({ from: to.toString(), body: answer })}\n` : `${answer}\n`);
  });
}
