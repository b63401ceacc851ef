import { stopEmbeddedDatabase, type StopOutcome } from '@nestanza/postgres';
import { Command } from 'commander';

const EXAMPLE = `
Example
  $ nestanza down
  The database is stopped.

Exit code 1 while processes still use it; they are named.
Environment: NESTANZA_DATA.
`;

/** `nestanza down`: stops an embedded database that nobody uses any more. */
export function down(): Command {
  return new Command('down')
    .description('stop the embedded database that a crash has left behind')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(({ json = false }: { json?: boolean }) => run(json));
}

async function run(json: boolean): Promise<void> {
  const outcome = await stopEmbeddedDatabase();
  if (outcome.kind === 'in-use') process.exitCode = 1;
  process.stdout.write(json ? `${JSON.stringify(outcome)}\n` : `${inWords(outcome)}\n`);
}

function inWords(outcome: StopOutcome): string {
  switch (outcome.kind) {
    case 'stopped':
      return 'The database is stopped.';
    case 'absent':
      return 'There is no database running.';
    case 'in-use':
      return `The database is in use by ${outcome.members.map(({ pid }) => `process ${pid}`).join(', ')}.`;
  }
}
