import { chown, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NestanzaError } from '@nestanza/core';
import { program, type Binaries } from './binaries.js';
import { run, type RunOutcome } from './run.js';
import { type ServerUser } from './server-user.js';

/** Login role of every process. Not the name of a schema: `"$user"` in the search path would find that one first. */
export const ROLE = 'nst';

export const DATABASE = 'nestanza';

export interface InitialiseOptions {
  /** An empty directory that `user` owns. */
  readonly directory: string;
  readonly user: ServerUser | undefined;
  readonly password: string;
  readonly binaries: Binaries;
}

/**
 * Makes `directory` a cluster with the role, the database and the schemas of Nestanza, on disk when it resolves. No
 * server has run on it yet. Logins need the password, from this machine too.
 * @throws NestanzaError `NST_POSTGRES_INIT` with what PostgreSQL said
 */
export async function initialise({ directory, user, password, binaries }: InitialiseOptions): Promise<void> {
  const passwordFile = join(directory, '..', `.password-${process.pid}`);
  await writeFile(passwordFile, password, { mode: 0o400 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  try {
    const cluster = ['-D', directory, '-U', ROLE, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const text = ['-E', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
    succeeded(await run([program(binaries, 'initdb'), ...cluster, ...text], { user, timeout: 120_000 }), directory);
  } finally {
    await rm(passwordFile, { force: true });
  }
  const single = (database: string, input: string) =>
    run([program(binaries, 'postgres'), '--single', '-j', '-D', directory, database], { user, input });
  succeeded(await single('postgres', `create database ${DATABASE};\n\n`), directory);
  succeeded(await single(DATABASE, 'create schema nestanza;\n\ncreate schema bullmq;\n\n'), directory);
}

function succeeded({ ok, output }: RunOutcome, directory: string): void {
  if (ok && !/\b(ERROR|FATAL|PANIC):/.test(output)) return;
  throw new NestanzaError(
    'NST_POSTGRES_INIT',
    `PostgreSQL could not make a cluster in ${dirname(directory)}: ${output}`,
    {
      facts: { directory },
    },
  );
}
