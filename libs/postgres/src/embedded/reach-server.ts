import { errorText, NestanzaError, pause, type Log } from '@nestanza/core';
import { sqlState } from '../sql-state.js';
import { serverUrl } from './address.js';
import { type Cluster } from './cluster.js';
import { endLeftovers, removeStaleNote } from './leftovers.js';
import { Membership } from './membership.js';
import { isAlive, readPostmaster, type Postmaster } from './postmaster-file.js';
import { startServer } from './start-server.js';

/** A running server, and this process's stake in it. */
export interface ReachedServer {
  readonly membership: Membership;
  readonly port: number;
}

export interface ReachOptions {
  /** Settings of the server, if it is this process that starts it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Once aborted a server is joined, so that it can be left, but not started: the attempt ends with the reason. */
  readonly signal: AbortSignal;
}

/** Milliseconds until an attempt gives up. A server that is recovering does not count: see `startServer`. */
const PATIENCE = 60_000;
const POLL = 25;

/**
 * A stake in the cluster's running server, started if it does not run. Any number of processes may try at once, also
 * right after the server was killed: one starts it, all join it.
 * @throws NestanzaError `NST_POSTGRES_START` with PostgreSQL's own words when it does not start; those of `startServer`
 */
export async function reachServer(cluster: Cluster, options: ReachOptions): Promise<ReachedServer> {
  const deadline = performance.now() + PATIENCE;
  let reason = 'it does not answer';
  while (performance.now() < deadline) {
    const running = await readPostmaster(cluster.directory);
    const joined = running?.ready === true ? await tryJoin(cluster, running) : undefined;
    if (joined instanceof Membership) return { membership: joined, port: running?.port ?? 0 };
    options.signal.throwIfAborted();
    if (joined !== undefined) reason = joined.reason;
    const runs = joined?.answered ?? (running !== undefined && isAlive(running.pid));
    if (!runs) reason = (await tryStart(cluster, options)) ?? reason;
    await pause(POLL, { signal: options.signal });
  }
  throw startFailure(cluster, reason);
}

/** The stake, or why there is none yet, and whether a server said so. */
async function tryJoin(
  cluster: Cluster,
  running: Postmaster,
): Promise<Membership | { readonly reason: string; readonly answered: boolean }> {
  try {
    return await Membership.join(serverUrl(cluster, running.port));
  } catch (error) {
    const state = sqlState(error);
    // 57: starting or stopping, 53: out of connections. Other answers (a wrong password) will not change.
    if (state !== undefined && !/^(53|57)/.test(state)) throw startFailure(cluster, errorText(error));
    return { reason: errorText(error), answered: state !== undefined };
  }
}

/** Why the server did not start, or undefined when it did or another process saw to it. */
async function tryStart(cluster: Cluster, { settings, log }: ReachOptions): Promise<string | undefined> {
  const outcome = await startServer(cluster, settings);
  switch (outcome.kind) {
    case 'ready':
      log.info('database server started', { port: outcome.port, directory: cluster.directory });
      return undefined;
    case 'taken':
      if (await removeStaleNote(cluster)) log.warn('removed the note of a database server that is gone');
      return undefined;
    case 'leftovers': {
      const ended = await endLeftovers(cluster);
      if (ended > 0) log.warn('ended sessions of a killed database server', { ended });
      return 'sessions of a killed server still run';
    }
    case 'failed':
      throw startFailure(cluster, outcome.reason);
  }
}

function startFailure(cluster: Cluster, reason: string): NestanzaError {
  const { home, log } = cluster.layout;
  return new NestanzaError(
    'NST_POSTGRES_START',
    `The embedded database in ${home} does not start: ${reason} (see ${log})`,
    {
      retryable: true,
      facts: { home, log },
    },
  );
}
