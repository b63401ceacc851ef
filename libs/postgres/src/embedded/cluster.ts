import { randomBytes, randomUUID } from 'node:crypto';
import {
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, hasCode, NestanzaError, type Log } from '@nestanza/core';
import { initialise } from './initialise.js';
import { layoutOf, type Layout } from './layout.js';
import { isAlive } from './postmaster-file.js';
import { isReachable } from './reachable.js';
import { run } from './run.js';
import { runnableBinaries } from './runnable-binaries.js';
import { serverUser, type ServerUser } from './server-user.js';

/** A cluster that is there: whole, whoever made it. */
export interface Cluster {
  readonly layout: Layout;
  /** The directory PostgreSQL owns, with no links in its path. */
  readonly directory: string;
  /** Whom the server runs as; undefined for the user of this process. */
  readonly user: ServerUser | undefined;
  readonly password: string;
}

/** Where root keeps the rows when the server's user cannot come to the data directory. */
const OUTSIDE = '/var/lib/nestanza';

/**
 * The cluster of a data directory, made if there is none. Of processes that make it at once, one wins, and all use the
 * winner's: each prepares a whole candidate beside it, and the rename to its name succeeds once.
 * @throws NestanzaError `NST_POSTGRES_DIRECTORY` when this user may not use the directory; `NST_POSTGRES_INIT` when
 * PostgreSQL cannot make a cluster there; those of `serverUser` and `runnableBinaries`
 */
export async function electCluster(data: string, log: Log): Promise<Cluster> {
  const home = join(data, 'postgres');
  try {
    return (await existingCluster(home)) ?? (await makeCluster(data, home, log));
  } catch (error) {
    if (error instanceof NestanzaError) throw error;
    throw new NestanzaError(
      'NST_POSTGRES_DIRECTORY',
      `The data directory ${data} is not usable for this user: ${errorText(error)}. Set NESTANZA_DATA to a directory of your own.`,
      { cause: error, facts: { data } },
    );
  }
}

/** The cluster of a data directory; undefined when none was made there yet. Changes nothing. */
export async function existingCluster(home: string): Promise<Cluster | undefined> {
  if (!(await exists(home))) return undefined;
  const layout = layoutOf(home);
  const [directory, password] = await Promise.all([realpath(layout.cluster), readFile(layout.password, 'utf8')]);
  return { layout, directory, user: await serverUser(directory), password: password.trim() };
}

async function makeCluster(data: string, home: string, log: Log): Promise<Cluster> {
  await mkdir(data, { recursive: true });
  await removeAbandoned(data);
  const user = await serverUser();
  if (user !== undefined) await openTo(data);

  const candidate = layoutOf(`${home}.init-${process.pid}`);
  await mkdir(candidate.home, { mode: 0o755 });
  const outside = user !== undefined && !(await isReachable(data, user)) ? join(OUTSIDE, randomUUID()) : undefined;
  try {
    await makeDirectory(candidate.cluster, { outside, user });
    const directory = await realpath(candidate.cluster);
    const password = randomBytes(24).toString('base64url');
    await initialise({ directory, user, password, binaries: await runnableBinaries(user) });
    await writeFile(candidate.password, `${password}\n`, { mode: 0o600 });
    await rename(candidate.home, home);
    log.info('made a database cluster', { directory: outside ?? home });
  } catch (error) {
    await rm(candidate.home, { recursive: true, force: true });
    if (outside !== undefined) await rm(outside, { recursive: true, force: true });
    const winner = await existingCluster(home);
    if (winner === undefined) throw error;
    return winner;
  }
  const made = await existingCluster(home);
  if (made === undefined) throw new Error(`${home} disappeared`);
  return made;
}

/** An empty directory the server's user owns, at `path` or, linked from there, outside. */
async function makeDirectory(
  path: string,
  { outside, user }: { outside?: string | undefined; user?: ServerUser | undefined },
) {
  if (outside !== undefined) {
    await mkdir(OUTSIDE, { recursive: true, mode: 0o755 });
    await symlink(outside, path);
  }
  const directory = outside ?? path;
  await mkdir(directory, { mode: 0o700 });
  if (user !== undefined) await chown(directory, user.uid, user.gid);
}

/** Lets everybody pass through the data directory, not list it: secrets in it have modes of their own. */
async function openTo(data: string): Promise<void> {
  if ((await stat(data)).uid === 0) await run(['chmod', 'a+x', data]);
}

/** Removes candidates whose makers died. */
async function removeAbandoned(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    const pid = /^postgres\.init-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    const candidate = layoutOf(join(data, name));
    const outside = await readlink(candidate.cluster).catch(() => undefined); // not a link: within the candidate
    if (outside !== undefined) await rm(outside, { recursive: true, force: true });
    await rm(candidate.home, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
