import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { NestanzaError, systemClock } from '@nestanza/core';

const ORPHAN_GUARD = new URL('./orphan-guard.js', import.meta.url).href;

/** Milliseconds that a program has for its drain before it is killed. */
const DRAIN = 20_000;

/** A program of the application, in a process of its own whose output is ours. */
export class Program {
  readonly #child: ChildProcess;
  /** Its exit code, once it has ended; 1 where a signal ended it. */
  readonly ended: Promise<number>;
  readonly #path: string;

  constructor(path: string, environment: NodeJS.ProcessEnv) {
    this.#path = path;
    // A process group of its own: Ctrl-C reaches us alone, and we end the programs before the server.
    this.#child = spawn(process.execPath, ['--enable-source-maps', '--import', ORPHAN_GUARD, path], {
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    this.ended = once(this.#child, 'exit').then(([code]) => (code as number | null) ?? 1);
  }

  /** @throws NestanzaError `NST_CLI_PROGRAM` when it ends before it has said `process.send('ready')` */
  async ready(): Promise<void> {
    const said = new Promise<'ready'>((resolve) =>
      this.#child.on('message', (message) => message === 'ready' && resolve('ready')),
    );
    const outcome = await Promise.race([said, this.ended]);
    if (outcome === 'ready') return;
    throw new NestanzaError('NST_CLI_PROGRAM', `${this.#path} ended with exit code ${outcome} before it was ready.`, {
      facts: { program: this.#path, exitCode: outcome },
    });
  }

  /** Lets it drain and end; kills it when that takes longer than 20 s. Idempotent. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const patience = systemClock.after(DRAIN, () => this.#child.kill('SIGKILL'));
    await this.ended;
    patience.cancel();
  }
}
