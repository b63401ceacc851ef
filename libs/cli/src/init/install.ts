import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NestanzaError } from '@nestanza/core';

/** The packages of the application in `folder` are installed; npm shows its progress. @throws NestanzaError `NST_CLI_INIT_INSTALL` */
export async function install(folder: string): Promise<void> {
  // A shell, because npm is a script there: no word of the command line comes from outside.
  const npm = spawn('npm install --no-audit --no-fund', {
    cwd: folder,
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code === 0) return;
  throw new NestanzaError('NST_CLI_INIT_INSTALL', `npm install failed. Run it again: cd ${folder} && npm install`, {
    facts: { folder },
  });
}
