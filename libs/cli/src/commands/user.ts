import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { onTheServer } from '../embedded.js';
import { printJson, printLines } from '../output.js';

const EXAMPLE = `
Examples
  $ nestanza user add alice
  alice@localhost   password: kq3…
  $ nestanza user list
  $ nestanza user remove alice
`;

interface Options {
  readonly json?: boolean;
}

/** `nestanza user`: accounts of people on the embedded server. */
export function user(): Command {
  const command = new Command('user').description('accounts of the embedded server').addHelpText('after', EXAMPLE);
  command
    .command('add')
    .description('make an account that a person may log in with')
    .argument('<name>', 'the part of its address before the @')
    .option('--password <password>', 'default: a new one, which is printed; others see it in the list of processes')
    .option('--json', 'print the account as one line of JSON')
    .addHelpText('after', '\nExample\n  $ nestanza user add alice')
    .action(add);
  command
    .command('remove')
    .description('remove an account with all that belongs to it; its name stays reserved')
    .argument('<name>')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText('after', '\nExample\n  $ nestanza user remove alice')
    .action(remove);
  command
    .command('list')
    .description('list the accounts, those of services too')
    .option('--json', 'print them as one line of JSON')
    .addHelpText('after', '\nExample\n  $ nestanza user list')
    .action(list);
  return command;
}

async function add(name: string, { password, json }: Options & { readonly password?: string }): Promise<void> {
  const secret = password ?? randomBytes(18).toString('base64url');
  await onTheServer(async ({ users, domain }) => {
    await users.create(name, secret);
    const shown = password === undefined ? secret : undefined;
    if (json) printJson({ jid: `${name}@${domain}`, password: shown });
    else printLines([`${name}@${domain}${shown === undefined ? '' : `   password: ${shown}`}`]);
  });
}

async function remove(name: string, { json }: Options): Promise<void> {
  await onTheServer(({ users }) => users.delete(name));
  if (json) printJson({ removed: name });
  else printLines([`${name} is removed.`]);
}

async function list({ json }: Options): Promise<void> {
  await onTheServer(async ({ users, domain }) => {
    const accounts = (await users.list()).map((name) => `${name}@${domain}`);
    if (json) printJson(accounts);
    else printLines(accounts);
  });
}
