/** How much of an execution runs at a moment, and a way to await that something happens in it. */
export class Activity {
  /** Grows with everything that the code comes to, begins or ends. */
  progress = 0;
  #running = 0;
  #watchers: (() => void)[] = [];

  /** Whether any step is running; those that wait do not count. */
  get any(): boolean {
    return this.#running > 0;
  }

  begin(): void {
    this.#running++;
  }

  end(): void {
    this.#running--;
    this.stir();
  }

  /** One thing runs, and nothing else. */
  restart(): void {
    this.#running = 1;
  }

  /** Something has happened. */
  stir(): void {
    this.progress++;
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** Resolves at the next thing that happens. */
  stirred(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves when no step is running. */
  async idle(): Promise<void> {
    while (this.any) await this.stirred();
  }
}
