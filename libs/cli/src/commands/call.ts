import { callRpc, type RpcValue } from '@nestanza/xmpp';
import { Command } from 'commander';
import { accountOf, readChannel } from '../address.js';
import { onTheBus } from '../link.js';
import { readValue } from '../value.js';

const EXAMPLE = `
Examples
  $ nestanza call inventory.stock TEA-01
  $ nestanza call inventory.reserve '{"orderId":"o-1","lines":[{"sku":"TEA-01","quantity":2}]}'

Exit code 1 when the call is answered with an error.
`;

/** `nestanza call`: calls a method and prints its result. */
export function call(): Command {
  return new Command('call')
    .description('call a method (XEP-0009) and print its result as JSON')
    .argument('<method>', 'inventory.stock, or rpc://<jid>/<method>')
    .argument('[params...]', 'each JSON, or a text')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(method: string, params: readonly string[]): Promise<void> {
  const channel = readChannel(method, 'rpc');
  await onTheBus(async ({ transport: { connection, address } }) => {
    const to = accountOf(channel, address.domain);
    const result = await callRpc(connection, { to, method: channel.name, params: params.map(readValue) as RpcValue[] });
    process.stdout.write(`${JSON.stringify(result)}\n`);
  });
}
