import type { Clock } from '@nestanza/core';

/** Time that passes when the test says so. */
export class HandClock implements Clock {
  #time = 0;
  #timers: { readonly at: number; readonly task: () => void }[] = [];
  now(): number {
    return this.#time;
  }
  after(delay: number, task: () => void) {
    const timer = { at: this.#time + delay, task };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }
  pass(time: number): void {
    this.#time += time;
    const due = this.#timers.filter(({ at }) => at <= this.#time);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { task } of due) task();
  }
}
