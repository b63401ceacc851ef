import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { poll } from './poll.js';

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** File that takes standard output and error. */
  readonly log: string;
}

/** True while a process of this id exists and is no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A program that a test runs: its output goes to a file, and it is ended by its own pid. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  #ended: { readonly code: number | null; readonly signal: string | null } | undefined;

  constructor(command: string, { args = [], cwd, env = process.env, log }: ChildOptions) {
    const output = openSync(log, 'a');
    this.#child = spawn(command, args, { cwd, env, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#log = log;
    this.#child.once('exit', (code, signal) => (this.#ended = { code, signal }));
    this.#child.once('error', () => (this.#ended = { code: null, signal: null }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ended(): { readonly code: number | null; readonly signal: string | null } | undefined {
    return this.#ended;
  }

  /** What it printed so far. */
  output(): Promise<string> {
    return readFile(this.#log, 'utf8');
  }

  /**
   * Resolves with the first value of `look`; an early end of the program is an error that shows its output.
   * @throws Error when `within` milliseconds are over
   */
  async ready<T>(look: () => T | undefined | Promise<T | undefined>, within: number): Promise<T> {
    const what = `start of ${this.#child.spawnfile}`;
    const value = await poll(() => (this.#ended ? ('ended' as const) : look()), { within, what }).catch(
      async (error: Error) => {
        throw new Error(`${error.message}\n${await this.output()}`, { cause: error });
      },
    );
    if (value === 'ended') throw new Error(`${this.#child.spawnfile} ended at once:\n${await this.output()}`);
    return value;
  }

  /** Asks it to end by SIGTERM; after `grace` milliseconds it is killed. Resolves with whether it ended by itself. */
  async stop(grace = 20_000): Promise<boolean> {
    if (this.#ended) return true;
    this.#child.kill('SIGTERM');
    const gone = () => this.#ended && true;
    try {
      return await poll(gone, { within: grace, what: 'end of the program' });
    } catch {
      this.#child.kill('SIGKILL');
      await poll(gone, { within: 5_000, what: 'end of the killed program' });
      return false;
    }
  }
}
