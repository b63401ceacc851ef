import { NestanzaError } from '@nestanza/core';
import { program } from './binaries.js';
import { type Cluster } from './cluster.js';
import { runnableBinaries } from './runnable-binaries.js';
import { run } from './run.js';

/** Seconds a stopping server may take to write what it holds in memory. */
const PATIENCE = 60;

/**
 * The server has written everything and ended; sessions still open on it were cut, their transactions rolled back.
 * @throws NestanzaError `NST_POSTGRES_STOP` when it did not end in a minute
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  const control = program(await runnableBinaries(cluster.user), 'pg_ctl');
  const command = [control, 'stop', '-D', cluster.directory, '-m', 'fast', '-w', '-t', `${PATIENCE}`] as const;
  const { ok, output } = await run(command, { user: cluster.user, timeout: (PATIENCE + 5) * 1_000 });
  if (ok || /PID file .* does not exist|No such process/.test(output)) return;
  throw new NestanzaError(
    'NST_POSTGRES_STOP',
    `The embedded database in ${cluster.layout.home} does not stop: ${output}`,
    {
      retryable: true,
      facts: { home: cluster.layout.home },
    },
  );
}
