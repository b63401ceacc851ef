import { constants } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { NestanzaError } from '@nestanza/core';
import { installedBinaries, program, type Binaries } from './binaries.js';
import { run, type RunOutcome } from './run.js';
import { type ServerUser } from './server-user.js';

/**
 * Binaries that `user` can run: the installed ones or, where these lie below a directory closed to that user or lack
 * links that may not be made there, a copy in the cache directory, made once per version.
 * @throws NestanzaError `NST_POSTGRES_PLATFORM` without binaries for this platform; `NST_POSTGRES_BINARIES` when even a
 * copy does not run (another C library, a file system without execution)
 */
export async function runnableBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const installed = installedBinaries(`${process.platform}-${process.arch}`);
  await completeLinks(installed.root).catch(() => undefined); // read-only here: the trial below decides
  if ((await trial(installed, user)).ok) return installed;

  const copy = { ...installed, root: join(cacheDirectory(), installed.label) };
  const outcome = await copyBinaries(installed.root, copy.root).then(
    () => trial(copy, user),
    (error: Error) => ({ ok: false, output: error.message }),
  );
  if (outcome.ok) return copy;
  throw new NestanzaError(
    'NST_POSTGRES_BINARIES',
    `The embedded PostgreSQL does not run here: ${outcome.output}. Tried ${installed.root} and a copy in ${copy.root}. Set NESTANZA_DATABASE=postgres://… to use a server of your own.`,
    { facts: { root: installed.root, copy: copy.root } },
  );
}

/** Whether the server starts at all: permissions along the path, shared libraries, processor. */
function trial(binaries: Binaries, user: ServerUser | undefined): Promise<RunOutcome> {
  return run([program(binaries, 'postgres'), '--version'], { user, timeout: 10_000 });
}

/**
 * Makes the links between shared libraries that npm packages cannot carry: the package's install script makes them too,
 * unless it was installed with --ignore-scripts. Idempotent.
 */
async function completeLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(root, relative('native', target)); // the list is written from above native/
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Makes `to` a whole copy of `from` that every user may read. Processes that copy at once agree on one. */
async function copyBinaries(from: string, to: string): Promise<void> {
  if (await stat(to).catch(() => undefined)) return;
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}`);
  await mkdir(dirname(to), { recursive: true });
  await rm(draft, { recursive: true, force: true });
  await cp(from, draft, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  await completeLinks(draft);
  if (process.getuid?.() === 0) {
    await chmod(dirname(to), 0o755);
    await run(['chmod', '-R', 'a+rX', draft]);
  }
  await rename(draft, to).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** Root's copies serve the server's user, so they lie where everybody can go; others keep theirs to themselves. */
function cacheDirectory(): string {
  if (process.getuid?.() === 0) return '/var/cache/nestanza';
  return join(process.env['XDG_CACHE_HOME'] || process.env['LOCALAPPDATA'] || join(homedir(), '.cache'), 'nestanza');
}
