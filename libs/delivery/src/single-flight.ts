/** Runs one task at a time; requests made during a run let one more run follow it. */
export class SingleFlight {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | undefined;
  #again = false;

  /** @param task - must not reject */
  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves when a run that began at or after this call has ended. */
  async request(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      await this.#running;
      if (!this.#again) return this.#running;
      this.#again = false;
    }
    this.#running = this.#task().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when nothing runs; a run asked for meanwhile is waited for, too. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }
}
