import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NestanzaError, pause } from '@nestanza/core';
import { HOST } from './address.js';
import { program } from './binaries.js';
import { type Cluster } from './cluster.js';
import { rememberedPort, rememberPort } from './layout.js';
import { readPostmaster } from './postmaster-file.js';
import { runnableBinaries } from './runnable-binaries.js';
import { run, serverEnvironment } from './run.js';

/** Settings of every embedded server; a caller's own come after them. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '300',
  jit: 'off',
  log_checkpoints: 'off',
  log_min_messages: 'log', // not the errors of statements: whoever sent them gets them
};

/** What became of an attempt to start the server. */
export type StartOutcome =
  | { readonly kind: 'ready'; readonly port: number }
  /** Another process has the cluster, or seems to. */
  | { readonly kind: 'taken' }
  /** A killed server's sessions still run on the cluster's memory. */
  | { readonly kind: 'leftovers' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Ports outside the range systems hand out by themselves, where a reconnecting client could take the server's own. */
const PORTS = { from: 20_000, below: 30_000 };
const PORT_ATTEMPTS = 5;
/** Recovery of a crashed server replays at most a few minutes of writes. */
const PATIENCE = 300_000;
const LOG_LIMIT = 1_000_000;

/**
 * Starts the server of a cluster in a session of its own, so that no signal to this process reaches it, on the port it
 * had before or, where that stays taken, on another one, remembered from then on. Safe to call in several processes at
 * once: PostgreSQL admits one.
 * @throws NestanzaError `NST_POSTGRES_VERSION` for a cluster of another major version; those of `runnableBinaries`
 */
export async function startServer(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<StartOutcome> {
  const remembered = await rememberedPort(cluster.layout);
  for (let attempt = 1; ; attempt++) {
    const port = attempt < PORT_ATTEMPTS && remembered !== undefined ? remembered : randomInt(PORTS.from, PORTS.below);
    const outcome = await launch(cluster, { ...SETTINGS, ...settings, port: `${port}` });
    if (outcome.kind === 'ready' && port !== remembered) await rememberPort(cluster.layout, port);
    if (outcome.kind !== 'port taken') return outcome;
    if (attempt === 2 * PORT_ATTEMPTS) return { kind: 'failed', reason: 'no port is free' };
    await pause(100 * attempt);
  }
}

async function launch(cluster: Cluster, settings: Readonly<Record<string, string>>) {
  const binaries = await runnableBinaries(cluster.user);
  await expectVersion(cluster, program(binaries, 'postgres'));
  const log = await openLog(cluster.layout.log);
  try {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(program(binaries, 'postgres'), ['-D', cluster.directory, ...options], {
      ...cluster.user,
      cwd: '/',
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', log.file.fd, log.file.fd],
    });
    child.unref();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', () => resolve(''));
    });
    let failure: string | undefined;
    void ended.then((reason) => (failure = reason));
    const deadline = performance.now() + PATIENCE;
    while (failure === undefined) {
      if (performance.now() > deadline) return { kind: 'failed', reason: `not ready after ${PATIENCE} ms` } as const;
      const running = await readPostmaster(cluster.directory);
      if (running?.pid === child.pid && running?.ready) return { kind: 'ready', port: running.port } as const;
      await Promise.race([pause(20), ended]);
    }
    return classify(failure || (await log.since()));
  } finally {
    await log.file.close();
  }
}

/** By what PostgreSQL printed before it gave up. */
function classify(output: string): StartOutcome | { readonly kind: 'port taken' } {
  if (/lock file ".*" already exists/.test(output)) return { kind: 'taken' };
  if (/could not (bind|create any TCP\/IP sockets)/.test(output)) return { kind: 'port taken' };
  if (/pre-existing shared memory block/.test(output)) return { kind: 'leftovers' };
  return { kind: 'failed', reason: output.trim().slice(-2_000) || 'the server ended without a word' };
}

/** The log, opened for appending; begun anew, keeping one old file, when it has grown large. */
async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT) await rename(path, `${path}.old`);
  const from = size > LOG_LIMIT ? 0 : size;
  return {
    file: await open(path, 'a', 0o600),
    /** What was added since. */
    since: async () => (await readFile(path)).subarray(from).toString(),
  };
}

async function expectVersion(cluster: Cluster, postgres: string): Promise<void> {
  const [found, ours] = await Promise.all([
    readFile(join(cluster.directory, 'PG_VERSION'), 'utf8'),
    run([postgres, '--version']),
  ]);
  const major = /(\d+)\./.exec(ours.output)?.[1];
  if (major === undefined || major === found.trim()) return;
  throw new NestanzaError(
    'NST_POSTGRES_VERSION',
    `The rows in ${cluster.layout.home} are PostgreSQL ${found.trim()}'s and the installed server is PostgreSQL ${major}: dump them with the old one and restore, or move the directory away.`,
    { facts: { found: found.trim(), installed: major } },
  );
}
