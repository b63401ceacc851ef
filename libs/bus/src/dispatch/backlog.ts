/**
 * Runs tasks one after another. At most `limit` wait; of those that must go, the oldest goes, since for a live view
 * the newest counts.
 */
export class Backlog {
  readonly #limit: number;
  readonly #onDropped: () => void;
  readonly #waiting: (() => Promise<void>)[] = [];
  #run: Promise<void> | undefined;

  constructor(limit: number, onDropped: () => void) {
    this.#limit = limit;
    this.#onDropped = onDropped;
  }

  /** The task never rejects. */
  add(task: () => Promise<void>): void {
    if (this.#waiting.length >= this.#limit) {
      this.#waiting.shift();
      this.#onDropped();
    }
    this.#waiting.push(task);
    this.#run ??= this.#work();
  }

  /** Forgets what waits; resolves when the running task has ended. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await this.#run;
  }

  async #work(): Promise<void> {
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) await task();
    this.#run = undefined;
  }
}
