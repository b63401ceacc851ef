import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@nestanza/core';

/** What a running server says about itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  /** 0 while it does not listen yet. */
  readonly port: number;
  readonly ready: boolean;
}

/** The lines of postmaster.pid (PostgreSQL's src/include/utils/pidfile.h), counted from 0. */
const LINE = { pid: 0, port: 3, status: 7 } as const;

/** The server of a cluster as its file tells; undefined without a file. A killed server leaves its file behind. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  try {
    return parsePostmaster(await readFile(postmasterFile(cluster), 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Undefined for a text that names no process: a server writes its file in pieces. */
export function parsePostmaster(text: string): Postmaster | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[LINE.pid]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[LINE.port]) || 0, ready: lines[LINE.status] === 'ready' };
}

/** Path of the file that says which server has the cluster. */
export function postmasterFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

/** Whether a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
