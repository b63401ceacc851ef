import { Command } from 'commander';
import { databaseCheck } from '../doctor/database.check.js';
import { examine } from '../doctor/finding.js';
import { queueCheck } from '../doctor/queue.check.js';
import { runtimeCheck } from '../doctor/runtime.check.js';
import { xmppCheck } from '../doctor/xmpp.check.js';
import { printJson, printLines } from '../output.js';

const EXAMPLE = `
Example
  $ nestanza doctor
  ok   database        PostgreSQL 18.4, embedded
  BAD  xmpp            no connection as ada@bus.example: …
       → start the server, or correct NESTANZA_XMPP

Looks at Node, the data directory, the database and its clock, the queue, and the XMPP server: name, connection,
certificate, log-in, PubSub. Exit code 1 when something is wrong.
`;

/** `nestanza doctor`: looks for what is wrong around an application, and says what to type. */
export function doctor(): Command {
  return new Command('doctor')
    .description('look for what is wrong with the surroundings, and say what to type')
    .option('--json', 'print the findings as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run({ json }: { readonly json?: boolean }): Promise<void> {
  const findings = await examine([runtimeCheck, databaseCheck, queueCheck, xmppCheck]);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
  if (json) printJson(findings);
  else {
    printLines(
      findings.flatMap(({ check, ok, says, remedy }) => [
        `${ok ? 'ok ' : 'BAD'}  ${check.padEnd(14)}  ${says}`,
        ...(remedy === undefined ? [] : [`     → ${remedy}`]),
      ]),
    );
  }
}
