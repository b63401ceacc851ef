/** A pending timer; `cancel` after it fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as a parameter, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Runs `task` once, `delay` milliseconds from now.
   * @param options.background - the timer alone keeps no process alive; default `true`
   */
  after(delay: number, task: () => void, options?: { readonly background?: boolean }): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, task, { background = true } = {}) {
    const timer = setTimeout(task, delay);
    if (background) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves `delay` milliseconds from now, or at once when `signal` aborts. Never rejects. Keeps the process alive. */
export function pause(
  delay: number,
  { clock = systemClock, signal }: { clock?: Clock; signal?: AbortSignal } = {},
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delay, done, { background: false });
    signal?.addEventListener('abort', done);
  });
}
