/** Runs tasks of one name one after the other, those of different names side by side. Names are forgotten when idle. */
export class TaskQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Resolves or rejects as the task does, once every earlier one of this name is over. */
  async run<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(name);
    const running = before === undefined ? task() : before.then(task, task);
    this.#tails.set(name, running);
    try {
      return await running;
    } finally {
      if (this.#tails.get(name) === running) this.#tails.delete(name);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.allSettled(this.#tails.values());
  }
}
