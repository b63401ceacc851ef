import { type Duration, milliseconds, NestanzaError } from '@nestanza/core';

export interface UntilOptions {
  readonly within: Duration;
  /** Of the error. */
  readonly code: string;
  /** What the error says, asked when the time is over. */
  readonly failure: () => string;
}

/** Those who wait for something to happen, looked after whenever something does. */
export class Waiters {
  readonly #looks = new Set<() => void>();

  /** Something happened. */
  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The first value of `look` that is not `undefined`. @throws NestanzaError of the given code when the time is over */
  until<T>(look: () => T | undefined, { within, code, failure }: UntilOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#looks.delete(again);
      };
      const again = () => {
        try {
          const value = look();
          if (value === undefined) return;
          done();
          resolve(value);
        } catch (error) {
          done();
          // What a test's own function throws is the test's failure.
          reject(error as Error);
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new NestanzaError(code, failure()));
      }, milliseconds(within));
      this.#looks.add(again);
      again();
    });
  }
}
