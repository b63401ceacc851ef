/**
 * Who may run in this process: any number of rows together, or one suspect alone. A suspect that waits is let in before
 * anybody else.
 */
export class RunGate {
  #running = 0;
  #alone = false;
  #waiting = 0;
  readonly #listeners = new Set<() => void>();

  /** Lets a row in, if it may run now. `false`: ask again when the gate has changed. */
  enter(alone: boolean): boolean {
    if (this.#alone) return false;
    if (alone ? this.#running > 0 : this.#waiting > 0) return false;
    this.#running += 1;
    this.#alone = alone;
    return true;
  }

  /** Resolves when the row has been let in. */
  async pass(alone: boolean): Promise<void> {
    if (this.enter(alone)) return;
    const withdraw = alone ? this.reserve() : undefined;
    await new Promise<void>((resolve) => {
      const stop = this.onChange(() => {
        if (!this.enter(alone)) return;
        stop();
        withdraw?.();
        resolve();
      });
    });
  }

  leave(): void {
    this.#running -= 1;
    this.#alone = false;
    for (const listener of this.#listeners) listener();
  }

  /** A suspect wants in: until the returned function is called, only suspects are let in. */
  reserve(): () => void {
    this.#waiting += 1;
    let reserved = true;
    return () => {
      if (!reserved) return;
      reserved = false;
      this.#waiting -= 1;
    };
  }

  /** Calls the listener whenever a row has left. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
