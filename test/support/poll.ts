import { setTimeout as sleep } from 'node:timers/promises';

export interface PollOptions {
  /** Milliseconds after which polling gives up. */
  readonly within: number;
  /** Milliseconds between two looks. Default 50. */
  readonly every?: number;
  /** Says what was waited for, in the error. */
  readonly what: string;
}

/**
 * The first value of `look` that is not `undefined`. A look that throws counts as not yet; its error is kept as cause.
 * @throws Error when `within` is over
 */
export async function poll<T>(look: () => T | undefined | Promise<T | undefined>, options: PollOptions): Promise<T> {
  const end = Date.now() + options.within;
  for (;;) {
    let cause: unknown;
    try {
      const value = await look();
      if (value !== undefined) return value;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= end) throw new Error(`${options.what}: not within ${options.within} ms`, { cause });
    await sleep(options.every ?? 50);
  }
}
