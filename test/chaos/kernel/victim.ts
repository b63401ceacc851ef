import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface VictimOptions {
  /** Program beside this file. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onMessage?: (message: unknown) => void;
}

/** A process that is started again whenever it dies, until it is asked to end. */
export class Victim {
  readonly name: string;
  readonly #options: VictimOptions;
  #process: ChildProcess;
  #ready: Promise<unknown>;
  #ending = false;
  /** How often it died. */
  deaths = 0;

  constructor(name: string, options: VictimOptions) {
    this.name = name;
    this.#options = options;
    [this.#process, this.#ready] = this.#start();
  }

  /** Resolves when the process of now, or the one after it, is at work. */
  get ready(): Promise<unknown> {
    return this.#ready;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Asks it to end; it is killed if it does not within ten seconds. */
  async end(): Promise<void> {
    this.#ending = true;
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    if (child.connected) child.disconnect();
    await once(child, 'exit');
    clearTimeout(timer);
  }

  #start(): [ChildProcess, Promise<unknown>] {
    const { program, args = [], env, onMessage } = this.#options;
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [...args], { env, execArgv: [] });
    const ready = new Promise((resolve) => {
      child.on('message', (message) => {
        if (message === 'ready') resolve(message);
        onMessage?.(message);
      });
      child.once('exit', resolve);
    });
    child.once('exit', () => {
      this.deaths += 1;
      if (!this.#ending) [this.#process, this.#ready] = this.#start();
    });
    return [child, ready];
  }
}
