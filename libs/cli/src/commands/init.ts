import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { install } from '../init/install.js';
import { layOut } from '../init/templates.js';
import { VERSION } from '../version.js';

const EXAMPLE = `
Examples
  $ nestanza init shop && cd shop && npm start
  $ nestanza init billing --join shop
`;

interface Options {
  readonly join?: string;
  readonly install: boolean;
  readonly json?: boolean;
}

/** `nestanza init`: makes a Nest application that is on a bus. */
export function init(): Command {
  return new Command('init')
    .description('make a Nest application with one event, one handler and one test')
    .argument('<folder>', 'a new folder; its name is that of the application')
    .option('--join <folder>', 'share the bus of the application in that folder')
    .option('--no-install', 'do not install its packages')
    .option('--json', 'print the outcome as one line of JSON')
    .addHelpText('after', EXAMPLE)
    .action(run);
}

async function run(word: string, { join: other, install: installs, json }: Options): Promise<void> {
  const folder = resolve(word);
  await layOut(folder, VERSION);
  if (other !== undefined) {
    const data = join(relative(folder, resolve(other)), '.nestanza');
    await writeFile(join(folder, '.env'), `NESTANZA_DATA=${data}\n`);
  }
  if (installs) await install(folder);
  process.stdout.write(
    json
      ? `${JSON.stringify({ folder })}\n`
      : `\n${word} is there. Now:\n  cd ${word}\n  npm ${installs ? 'start' : 'install && npm start'}\n`,
  );
}
