/** An error that a handler is to fail with, in a number of runs to come. */
interface Provoked {
  readonly place: string;
  readonly error: Error;
  times: number;
}

/** Sees every run of every handler of a world, and may let it fail. */
export class Activity {
  readonly #running = new Map<string, number>();
  readonly #provoked: Provoked[] = [];
  #begun = 0;

  /** Runs begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** Handlers that run now, each with the number of its runs. */
  get running(): ReadonlyMap<string, number> {
    return this.#running;
  }

  /** The next runs of a handler fail before they do anything. @param failure.place - `Shop.onPlaced` */
  provoke(failure: { readonly place: string; readonly error: Error; readonly times: number }): void {
    this.#provoked.push({ ...failure });
  }

  async around<T>(place: string, run: () => Promise<T>): Promise<T> {
    this.#begun += 1;
    this.#running.set(place, (this.#running.get(place) ?? 0) + 1);
    try {
      const failure = this.#provoked.find((provoked) => provoked.place === place && provoked.times > 0);
      if (failure !== undefined) {
        failure.times -= 1;
        throw failure.error;
      }
      return await run();
    } finally {
      const left = this.#running.get(place)! - 1;
      if (left === 0) this.#running.delete(place);
      else this.#running.set(place, left);
    }
  }
}
