import type { OpenBus } from '@nestanza/bus/internal';
import type { PresenceChange } from '@nestanza/bus';
import { presence } from '@nestanza/xmpp';
import { Command } from 'commander';
import { isEmbedded, onTheServer } from '../embedded.js';
import { onTheBus } from '../link.js';
import { columns, printJson, printLines } from '../output.js';

const EXAMPLE = `
Examples
  $ nestanza who
  orders@localhost/kT2  priority 0  available
  $ nestanza who inventory billing --json

Without names every account of the embedded server is asked; a person sees a request, and shows up once it is granted.
Exit code 1 when nobody is there.
`;

/** Accounts that are never services: the operator's, and this command's own. */
const NO_SERVICES = new Set(['operator', 'cli']);

/** `nestanza who`: shows which instances of which services are there. */
export function who(): Command {
  return new Command('who')
    .description('show who is on the bus')
    .argument('[names...]', 'accounts; default: all of the embedded server')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(names: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const accounts = names.length > 0 ? names : await knownAccounts();
  await onTheBus(async (bus) => {
    const there = await presentInstances(bus, accounts);
    if (there.length === 0) process.exitCode = 1;
    if (json) printJson(there);
    else printLines(columns(there.map(({ jid, priority, show }) => [jid, `priority ${priority}`, show])));
  });
}

async function knownAccounts(): Promise<readonly string[]> {
  if (!isEmbedded()) return [];
  const accounts = await onTheServer(({ users }) => users.list());
  return accounts.filter((name) => !NO_SERVICES.has(name));
}

interface Present {
  readonly jid: string;
  readonly priority: number;
  readonly show: string;
  readonly status: string | undefined;
}

/** Looks at each account until it has shown itself, or has had its second to do so. */
async function presentInstances({ colleagues, transport }: OpenBus, names: readonly string[]): Promise<Present[]> {
  const { domain } = transport.address;
  const accounts = new Set(names.map((name) => (name.includes('@') ? name : `${name}@${domain}`)));
  const there = new Map<string, PresenceChange>();
  colleagues.onChange((change) => {
    // Whoever was asked for at an earlier time shows itself, too.
    if (!accounts.has(change.jid.split('/', 1)[0]!)) return;
    if (change.available) there.set(change.jid, change);
    else there.delete(change.jid);
  });
  transport.connection.send(presence({ priority: -1 }));
  await Promise.all([...accounts].map((account) => colleagues.look(account)));
  return [...there.values()]
    .map(({ jid, priority, show = 'available', status }) => ({ jid, priority, show, status }))
    .sort((a, b) => (a.jid < b.jid ? -1 : 1));
}
