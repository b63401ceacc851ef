import { readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { type Cluster } from './cluster.js';
import { isAlive, parsePostmaster, postmasterFile, readPostmaster } from './postmaster-file.js';

/**
 * Ends the sessions of a killed server, which outlive it while they compute and keep the next one from starting. A
 * session whose server lives is never touched: its parent works in the cluster's directory too. Linux only; elsewhere
 * they end by themselves when they next read or write.
 * @returns how many were ended
 */
export async function endLeftovers(cluster: Cluster): Promise<number> {
  const processes = await processesIn(cluster.directory);
  const pids = new Set(processes.map(({ pid }) => pid));
  const orphans = processes.filter(({ title, parent }) => title.startsWith('postgres:') && !pids.has(parent));
  for (const { pid } of orphans) kill(pid);
  return orphans.length;
}

/**
 * Removes the note of a server that is gone when its process id still exists: as that of a stranger, after a reboot or
 * in a restarted container, or as a zombie that nobody collects. PostgreSQL itself takes both for a server. Linux only.
 * @returns whether there was such a note
 */
export async function removeStaleNote(cluster: Cluster): Promise<boolean> {
  const noted = process.platform === 'linux' ? await readPostmaster(cluster.directory) : undefined;
  if (noted === undefined || !isAlive(noted.pid)) return false;
  if ((await workingDirectory(noted.pid)) === cluster.directory) return false;
  const note = postmasterFile(cluster.directory);
  const aside = `${note}.${process.pid}`;
  await rename(note, aside);
  const moved = parsePostmaster(await readFile(aside, 'utf8'));
  if (moved?.pid === noted.pid) {
    await rm(aside);
    return true;
  }
  await rename(aside, note); // another process cleared it first, and a server has started since
  return false;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** How it calls itself: sessions say `postgres: nst nestanza …`, the server its command line. */
  readonly title: string;
}

async function processesIn(directory: string): Promise<readonly Process[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => ((await workingDirectory(pid)) === directory ? describe(pid) : undefined)),
  );
  return found.filter((entry) => entry !== undefined);
}

/** Undefined for a process that ended meanwhile, or that is not ours to look at. */
function workingDirectory(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

async function describe(pid: number): Promise<Process | undefined> {
  try {
    const [title, status] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    return { pid, title, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) };
  } catch {
    return undefined; // it ended meanwhile
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // it ended meanwhile
  }
}
