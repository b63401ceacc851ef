/**
 * Orders work on one thing: exclusive tasks run alone, shared tasks may run together, and nobody overtakes an exclusive
 * task, in either direction. Tasks begin in the order they were handed in.
 */
class Gate {
  #exclusive: Promise<unknown> = Promise.resolve();
  #shared: Promise<unknown> = Promise.resolve();
  #users = 0;

  get idle(): boolean {
    return this.#users === 0;
  }

  async shared<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = this.#exclusive.then(task);
    this.#shared = settled(this.#shared, run);
    return this.#counted(run);
  }

  async exclusive<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = settled(this.#exclusive, this.#shared).then(task);
    this.#exclusive = settled(run);
    this.#shared = Promise.resolve();
    return this.#counted(run);
  }

  async #counted<Result>(run: Promise<Result>): Promise<Result> {
    this.#users += 1;
    try {
      return await run;
    } finally {
      this.#users -= 1;
    }
  }
}

function settled(...promises: readonly Promise<unknown>[]): Promise<void> {
  return Promise.allSettled(promises).then(() => undefined);
}

/** One gate per name, kept only while somebody is at it. */
export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** Runs with other shared tasks of this name, after every exclusive one handed in before. */
  shared<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    return this.#at(name, (gate) => gate.shared(task));
  }

  /** Runs alone for this name, after everything handed in before. */
  exclusive<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    return this.#at(name, (gate) => gate.exclusive(task));
  }

  async #at<Result>(name: string, enter: (gate: Gate) => Promise<Result>): Promise<Result> {
    const gate = this.#gates.get(name) ?? new Gate();
    this.#gates.set(name, gate);
    try {
      return await enter(gate);
    } finally {
      if (gate.idle) this.#gates.delete(name);
    }
  }
}
