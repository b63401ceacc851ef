/** Runs tasks, at most so many at once, and knows when none is left. */
export class Gate {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The task's promise; `undefined` when the limit is reached and the task was not started. */
  tryRun<T>(task: () => Promise<T>): Promise<T> | undefined {
    if (this.#running.size >= this.#limit) return undefined;
    const run = task();
    const forget = () => void this.#running.delete(ended);
    const ended: Promise<void> = run.then(forget, forget);
    this.#running.add(ended);
    return run;
  }

  /** Resolves when everything that runs now, or starts meanwhile, has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
