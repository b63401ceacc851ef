interface Closable {
  close(): Promise<unknown>;
}

/** What has to be closed, in the reverse order of its opening. */
export class Closers {
  readonly #open: (() => Promise<unknown> | void)[] = [];

  add(close: () => Promise<unknown> | void): void {
    this.#open.push(close);
  }

  /** Waits for both, and adds whichever could be opened. @throws the first failure, once both have ended */
  async both<A extends Closable, B extends Closable>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> {
    for (const outcome of await Promise.allSettled([one, other])) {
      if (outcome.status === 'fulfilled') this.add(() => outcome.value.close());
    }
    return [await one, await other];
  }

  /** Closes everything, also when some of it fails to. @throws AggregateError with all that failed */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#open.pop(); close !== undefined; close = this.#open.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be closed.');
  }
}
