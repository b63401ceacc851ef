import { NestanzaError, pause } from '@nestanza/core';
import { program } from './binaries.js';
import { type Cluster } from './cluster.js';
import { isAlive, readPostmaster } from './postmaster-file.js';
import { run } from './run.js';
import { runnableBinaries } from './runnable-binaries.js';

/** Milliseconds a stopping server may take to write what it holds in memory. */
const PATIENCE = 60_000;
const POLL = 10;

/**
 * The server has written everything and ended; sessions still open on it were cut, their transactions rolled back. One
 * that another process starts right afterwards is not its concern.
 * @throws NestanzaError `NST_POSTGRES_STOP` when it did not end in a minute
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  const stopping = await readPostmaster(cluster.directory);
  if (stopping === undefined || !isAlive(stopping.pid)) return;
  await requestFastShutdown(cluster, stopping.pid);
  const deadline = performance.now() + PATIENCE;
  while ((await readPostmaster(cluster.directory))?.pid === stopping.pid && isAlive(stopping.pid)) {
    if (performance.now() > deadline) {
      throw new NestanzaError(
        'NST_POSTGRES_STOP',
        `The embedded database in ${cluster.layout.home} (process ${stopping.pid}) does not stop.`,
        { retryable: true, facts: { home: cluster.layout.home, pid: stopping.pid } },
      );
    }
    await pause(POLL);
  }
}

/** "Fast": without waiting for clients to leave. */
async function requestFastShutdown(cluster: Cluster, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    // Node cannot send signals there, PostgreSQL's own program can.
    await run([program(await runnableBinaries(cluster.user), 'pg_ctl'), 'kill', 'INT', `${pid}`]);
    return;
  }
  process.kill(pid, 'SIGINT');
}
