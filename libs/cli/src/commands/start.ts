import type { EmbeddedXmpp } from '@nestanza/xmpp-server';
import { Command } from 'commander';
import { chatAccount } from '../chat-account.js';
import { hosting } from '../hosting.js';
import { freePort } from '../start/free-port.js';
import { introduction } from '../start/introduction.js';
import { readManifest, type StartManifest } from '../start/manifest.js';
import { Program } from '../start/program.js';
import { streamLog } from '../stream-log.js';
import { untilSignal } from '../until-signal.js';

/** First port that is tried for HTTP. */
const HTTP_PORT = 3000;

const EXAMPLE = `
Example
  $ nestanza start
  shop is running. Ctrl-C drains and ends it.

Runs the programs that package.json names under "nestanza": { "programs": ["dist/main.js"], "try": [] }, and hosts the
XMPP server in a process of its own, so that restarting a program does not drop the bus. A program says that it is up
by process.send('ready'); its HTTP port stands in NESTANZA_HTTP_PORT. When one of them ends, all do.

Environment, .env too: NESTANZA_DATA, NESTANZA_XMPP, NESTANZA_DATABASE, NESTANZA_HTTP_PORT and those of nestanza serve.
`;

/** `nestanza start`: runs the application of this folder, with the embedded server beside it. */
export function start(): Command {
  return new Command('start')
    .description('run the application of this folder and the embedded XMPP server beside it')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(): Promise<void> {
  const manifest = await readManifest();
  const log = streamLog(process.stderr, { json: false, least: 'warn' });
  const target = process.env['NESTANZA_XMPP'] ?? 'embedded';
  process.exitCode = await (target === 'embedded'
    ? hosting(log, (server) => runPrograms(manifest, server))
    : runPrograms(manifest));
}

/** The exit code of the whole: that of the first program to end by itself, 0 after a signal. */
async function runPrograms({ name, programs, tries }: StartManifest, server?: EmbeddedXmpp): Promise<number> {
  const signalled = untilSignal().then(() => 0);
  const running: Program[] = [];
  const pages: string[] = [];
  try {
    for (const path of programs) {
      const port = await freePort(Number(process.env['NESTANZA_HTTP_PORT'] || HTTP_PORT));
      const program = new Program(path, { ...process.env, NESTANZA_HTTP_PORT: String(port) });
      running.push(program);
      if ((await Promise.race([program.ready(), signalled])) === 0) return 0;
      pages.push(`http://localhost:${port}`);
    }
    const account = server === undefined ? undefined : await chatAccount(server);
    const { domain = '', fingerprint = '', address } = server ?? {};
    const facts = address === undefined ? undefined : { domain, fingerprint, port: address.port };
    process.stdout.write(introduction({ name, server: facts, account, pages, tries }));
    return await Promise.race([signalled, ...running.map(({ ended }) => ended)]);
  } finally {
    await Promise.all(running.map((program) => program.stop()));
  }
}
