import type { Clock, Timer } from '@nestanza/core';

/** A clock that stands still until it is told to go on. */
export class VirtualClock implements Clock {
  #now = 0;
  #tasks: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delay: number, task: () => void): Timer {
    const entry = { at: this.#now + delay, task };
    this.#tasks.push(entry);
    return { cancel: () => (this.#tasks = this.#tasks.filter((other) => other !== entry)) };
  }

  /** Lets so many milliseconds pass, running what falls due in its order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((other) => other !== next);
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }
}
