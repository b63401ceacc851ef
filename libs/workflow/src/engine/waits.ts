import type { Clock, Timer } from '@nestanza/core';
import type { Failure } from '../failure.js';
import type { NewTimer } from '../store/advance.js';

/** Something that a run waits for. */
export interface Wait {
  readonly key: string;
  /** In words: `signal "approved"`. */
  readonly what: string;
  /** Time on this process's clock. */
  readonly due?: number;
  /** Its timer is not stored yet, or stands for another attempt now. */
  readonly fresh?: { readonly attempt: number; readonly error: Failure | null };
  /** What comes after it is the next attempt of a step. */
  readonly retry?: boolean;
  /** A signal or an event ends it. */
  readonly arrival?: boolean;
}

interface Pending {
  readonly wait: Wait;
  readonly timer: Timer | undefined;
  readonly resume: () => void;
}

/** Longest delay that a timer of the runtime takes; a run is parked long before. */
const TIMER_LIMIT = 2 ** 31 - 1;

/** What the branches of one execution wait for while others still work; empty memory once the run is parked. */
export class Waits {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#pending.size;
  }

  /** Calls `resume` when the wait is due, unless `end` comes first. */
  add(wait: Wait, resume: () => void): void {
    const delay = wait.due === undefined ? undefined : Math.min(TIMER_LIMIT, Math.max(0, wait.due - this.clock.now()));
    const timer = delay === undefined ? undefined : this.clock.after(delay, () => this.end(wait.key));
    this.#pending.set(wait.key, { wait, timer, resume });
  }

  /** Ends the wait of this key, if it still stands. */
  end(key: string): void {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    pending?.timer?.cancel();
    pending?.resume();
  }

  /** Ends the waits for a next attempt. */
  endRetries(): void {
    for (const { wait } of [...this.#pending.values()]) if (wait.retry) this.end(wait.key);
  }

  /** Forgets all waits without resuming them. */
  clear(): void {
    for (const { timer } of this.#pending.values()) timer?.cancel();
    this.#pending.clear();
  }

  /** Waits for signals and events, in the order in which they began. */
  forArrivals(): Wait[] {
    return [...this.#pending.values()].map(({ wait }) => wait).filter((wait) => wait.arrival);
  }

  /** What parking writes: how long until the first is due, in words what for, and the timers not stored yet. */
  park(): { wake: number | undefined; waitingFor: string; timers: NewTimer[] } {
    const waits = [...this.#pending.values()].map(({ wait }) => wait);
    const remaining = (due: number): number => Math.max(0, due - this.clock.now());
    const dues = waits.flatMap(({ due }) => (due === undefined ? [] : [remaining(due)]));
    return {
      wake: dues.length === 0 ? undefined : Math.min(...dues),
      waitingFor: waits
        .map(({ what }) => what)
        .join(', ')
        .slice(0, 500),
      timers: waits.flatMap(({ key, due, fresh }) =>
        due === undefined || fresh === undefined ? [] : [{ key, remaining: remaining(due), ...fresh }],
      ),
    };
  }
}
