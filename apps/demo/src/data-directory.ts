import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface DataDirectory {
  readonly path: string;
  /** Process ids, one file a process: `<name>.pid`. */
  readonly run: string;
  /** Removes the directory if it was made for this run. */
  remove(): Promise<void>;
}

/** `NESTANZA_DATA`; without it `./.nestanza`, or for a run that leaves nothing behind a fresh temporary directory. */
export async function openDataDirectory({ temporary }: { temporary: boolean }): Promise<DataDirectory> {
  const given = process.env['NESTANZA_DATA'];
  const fresh = temporary && !given;
  const path = fresh ? await mkdtemp(join(tmpdir(), 'nestanza-demo-')) : resolve(given || '.nestanza');
  const run = join(path, 'run');
  await mkdir(run, { recursive: true });
  return {
    path,
    run,
    remove: async () => (fresh ? rm(path, { recursive: true, force: true, maxRetries: 3 }) : undefined),
  };
}
