import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { NestanzaError } from '@nestanza/core';

/** An account of this machine, as `spawn` takes it. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** PostgreSQL's own account where one exists, else the one every system has. */
const CANDIDATES = ['postgres', 'nobody'];

/**
 * Who the server must run as: undefined for the user of this process. PostgreSQL refuses to run as root, so root runs
 * it as the owner of the cluster or, while there is none, as `postgres` or `nobody`.
 * @param cluster - the cluster's directory, when there is one
 * @throws NestanzaError `NST_POSTGRES_USER` when root finds nobody to run it as
 */
export async function serverUser(cluster?: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (cluster !== undefined) {
    const { uid, gid } = await stat(cluster);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of CANDIDATES) {
    const user = await accountOf(name);
    if (user !== undefined) return user;
  }
  throw new NestanzaError(
    'NST_POSTGRES_USER',
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". Start as an ordinary user, or name a database in NESTANZA_DATABASE.',
  );
}

async function accountOf(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` knows no such user
  }
}
