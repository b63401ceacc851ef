import { Message } from '@nestanza/bus';
import { formatChannel } from '@nestanza/contracts';
import { uniqueId } from '@nestanza/core';
import { jsonElement, type Element } from '@nestanza/xmpp';
import { Command } from 'commander';
import { readChannel } from '../address.js';
import { onTheBus } from '../link.js';
import { readValue } from '../value.js';

const EXAMPLE = `
Examples
  $ nestanza pub orders/placed '{"customer":"ada","lines":[{"sku":"TEA-01","quantity":2}]}'
  $ nestanza pub orders/placed --type order.placed.v1 '{"customer":"ada","lines":[{"sku":"TEA-01","quantity":2}]}'
`;

interface Options {
  readonly id?: string;
  readonly type?: string;
  readonly json?: boolean;
}

/** `nestanza pub`: publishes one item. */
export function pub(): Command {
  return new Command('pub')
    .description('publish one item to a PubSub node')
    .argument('<channel>', 'orders/placed, or pubsub://<service>/<node>')
    .argument('<body>', 'JSON, or a text')
    .option('--id <id>', 'id of the item; default: a new one')
    .option('--type <type>', 'publish a CloudEvent of this type; default: the bare body')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(word: string, body: string, { id = uniqueId(), type, json }: Options): Promise<void> {
  const channel = readChannel(word, 'pubsub');
  await onTheBus(async ({ transport }) => {
    const payload = payloadOf(readValue(body), { id, type, source: `xmpp:${transport.address.toString()}` });
    await transport.publish(channel, { id, payload });
    process.stdout.write(
      json ? `${JSON.stringify({ channel: formatChannel(channel), item: id })}\n` : `Published as ${id}.\n`,
    );
  });
}

/** A CloudEvent of this type; without one the value alone. */
function payloadOf(
  value: unknown,
  { id, type, source }: { id: string; type: string | undefined; source: string },
): Element {
  if (type === undefined) return jsonElement(value);
  const event = Message.create({ id, type, source }, value);
  return jsonElement({ ...event.attributes, data: event.body });
}
