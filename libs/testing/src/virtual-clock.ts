import { type Clock, type Duration, milliseconds, type Timer } from '@nestanza/core';

interface Waiting {
  readonly at: number;
  readonly task: () => void;
}

/** A clock that stands until it is moved: for whatever takes a `Clock`. Keeps no process alive. */
export class VirtualClock implements Clock {
  #now: number;
  #waiting: Waiting[] = [];

  /** @param start - milliseconds since the epoch. Default: that of 2026-01-01 */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#waiting.length;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, task: () => void): Timer {
    const waiting = { at: this.#now + Math.max(0, delay), task };
    this.#waiting.push(waiting);
    return { cancel: () => void (this.#waiting = this.#waiting.filter((other) => other !== waiting)) };
  }

  /**
   * Moves on, and runs what becomes due in the order of its times, each at its time; what follows from it by promises
   * has run, too, before the next.
   */
  async advance(duration: Duration): Promise<void> {
    const end = this.#now + milliseconds(duration);
    for (;;) {
      // Whatever was set off so far may set timers.
      await new Promise(setImmediate);
      const next = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }
}
