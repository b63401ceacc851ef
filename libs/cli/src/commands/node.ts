import type { OpenBus } from '@nestanza/bus/internal';
import {
  createNode,
  deleteNode,
  discoInfo,
  discoItems,
  formElement,
  readForm,
  readNodeConfig,
  StanzaError,
  type DataForm,
  type FormValues,
  type NodeAddress,
} from '@nestanza/xmpp';
import { Command, InvalidArgumentError } from 'commander';
import { readChannel } from '../address.js';
import { onTheBus } from '../link.js';
import { columns, printJson, printLines } from '../output.js';

const EXAMPLE = `
Examples
  $ nestanza node list
  $ nestanza node show orders/placed --as orders
  $ nestanza node create news --set pubsub#max_items=10
  $ nestanza node delete news

What only an owner may see or do is done --as the owner's account of the embedded server.
`;

interface Options {
  readonly as?: string;
  readonly json?: boolean;
}

/** `nestanza node`: nodes of the PubSub service. */
export function node(): Command {
  const command = new Command('node').description('nodes of the PubSub service').addHelpText('after', EXAMPLE);
  verb(command, 'list', 'list the nodes').action(list);
  verb(command, 'show', 'show how a node is configured').argument('<channel>', 'orders/placed').action(show);
  verb(command, 'create', 'create a node')
    .argument('<channel>', 'orders/placed')
    .option('--set <field=value>', 'a field of its configuration; may be repeated', field, {})
    .action(create);
  verb(command, 'delete', 'delete a node with its items').argument('<channel>', 'orders/placed').action(remove);
  return command;
}

function verb(parent: Command, name: string, description: string): Command {
  const argument = name === 'list' ? '' : ' orders/placed';
  return parent
    .command(name)
    .description(description)
    .option('--as <account>', 'account of the embedded server; default: cli')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\nExample\n  $ nestanza node ${name}${argument}`);
}

function field(word: string, fields: FormValues): FormValues {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Write <field>=<value>.');
  return { ...fields, [name]: value };
}

async function list({ as, json }: Options): Promise<void> {
  await onTheBus(
    async ({ transport }) => {
      const items = await discoItems(transport.connection, { to: transport.profile.pubsub });
      const nodes = items.flatMap((item) => item.node ?? []).sort();
      if (json) printJson(nodes);
      else printLines(nodes);
    },
    { account: as },
  );
}

async function show(word: string, { as, json }: Options): Promise<void> {
  await onTheBus(
    async (bus) => {
      const form = await configurationOf(bus, addressOf(bus, word));
      const fields = form.fields.filter(({ var: name }) => name !== 'FORM_TYPE');
      if (json) printJson(Object.fromEntries(fields.map(({ var: name, values }) => [name, values])));
      else printLines(columns(fields.map(({ var: name, values }) => [name, values.join(', ')])));
    },
    { account: as },
  );
}

async function create(word: string, { as, json, set }: Options & { readonly set: FormValues }): Promise<void> {
  await onTheBus(
    async (bus) => {
      const address = addressOf(bus, word);
      await createNode(bus.transport.connection, address, { config: set });
      if (json) printJson({ created: address });
      else printLines([`${address.node} is created.`]);
    },
    { account: as },
  );
}

async function remove(word: string, { as, json }: Options): Promise<void> {
  await onTheBus(
    async (bus) => {
      const address = addressOf(bus, word);
      await deleteNode(bus.transport.connection, address);
      if (json) printJson({ deleted: address });
      else printLines([`${address.node} is deleted.`]);
    },
    { account: as },
  );
}

function addressOf({ transport }: OpenBus, word: string): NodeAddress {
  const { service = transport.profile.pubsub, name } = readChannel(word, 'pubsub');
  return { service, node: name };
}

/** Its configuration where this account owns it, else what the service tells everybody (XEP-0060 §5.4). */
async function configurationOf({ transport: { connection } }: OpenBus, address: NodeAddress): Promise<DataForm> {
  try {
    return await readNodeConfig(connection, address);
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== 'forbidden') throw error;
    const { forms = [] } = await discoInfo(connection, { to: address.service, node: address.node });
    return readForm(forms[0] ?? formElement({ type: 'result', fields: [] }));
  }
}
