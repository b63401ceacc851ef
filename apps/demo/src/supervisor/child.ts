import { spawn, type ChildProcess } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { systemClock, type Timer } from '@nestanza/core';
import { restartDelay, STEADY_AFTER } from './backoff.js';

export interface ChildOptions {
  readonly name: string;
  /** Arguments for this Node: the program, and what comes before and after it. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Where the process id stands while the child lives. */
  readonly pidFile: string;
  readonly onLine: (line: string) => void;
  readonly onDeath: (how: string, restartIn: number) => void;
}

/** Deaths before the first `ready` after which a child is given up. */
const HOPELESS_AFTER = 3;
/** Lines kept of what a child printed, to be shown when it is given up. */
const LAST_WORDS = 8;
/** Milliseconds that a child has for its drain before it is killed. */
const DRAIN = 20_000;

/** One process kept running: whatever ends it, it is started again until `stop`. */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #failures = 0;
  #wasReady = false;
  #stopping = false;
  #restart: Timer | undefined;
  #lastWords: readonly string[] = [];
  #settleReady!: { resolve: () => void; reject: (error: Error) => void };
  readonly #ready: Promise<void>;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    this.#ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.#ready.catch(() => undefined); // whoever called start() is told
  }

  /** Resolves when the child has said for the first time that it is ready. Rejects when it cannot start. */
  start(): Promise<void> {
    this.#spawn();
    return this.#ready;
  }

  /** Lets the child drain and end; kills it when that takes longer than 20 s. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#restart?.cancel();
    this.#settleReady.reject(new Error(`${this.name} was stopped before it was ready.`));
    const child = this.#process;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const patience = systemClock.after(DRAIN, () => child.kill('SIGKILL'));
    await ended;
    patience.cancel();
    await rm(this.#options.pidFile, { force: true });
  }

  #spawn(): void {
    const startedAt = systemClock.now();
    // A process group of its own: Ctrl-C reaches the supervisor alone, which then drains in order.
    const child = spawn(process.execPath, this.#options.command, {
      env: this.#options.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#process = child;
    child.on('message', (message) => {
      if (message !== 'ready') return;
      this.#wasReady = true;
      this.#settleReady.resolve();
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        this.#lastWords = [...this.#lastWords, line].slice(-LAST_WORDS);
        this.#options.onLine(line);
      });
    }
    child.once('error', (error) => this.#settleReady.reject(error));
    // Not 'exit': its last words are still to be read then.
    child.once('close', (code, signal) => this.#onExit(signal ?? `exit code ${code}`, startedAt));
    if (child.pid !== undefined) void writeFile(this.#options.pidFile, `${child.pid}\n`);
  }

  #onExit(how: string, startedAt: number): void {
    this.#process = undefined;
    if (this.#stopping) return;
    this.#failures = systemClock.now() - startedAt >= STEADY_AFTER ? 1 : this.#failures + 1;
    if (!this.#wasReady && this.#failures >= HOPELESS_AFTER) {
      this.#settleReady.reject(new Error(`${this.name} does not start (${how}):\n${this.#lastWords.join('\n')}`));
      return;
    }
    const delay = restartDelay(this.#failures);
    this.#options.onDeath(how, delay);
    this.#restart = systemClock.after(delay, () => this.#spawn(), { background: false });
  }
}
