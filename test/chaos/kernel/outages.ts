import { setTimeout as sleep } from 'node:timers/promises';
import type { Outage } from './verdict.js';

/** Looks again and again whether a port answers, and keeps the times when it did not. */
export class OutageWatch {
  readonly #outages: Outage[] = [];
  readonly #answers: () => Promise<boolean>;
  #from: number | undefined;
  #stopped = false;

  constructor(answers: () => Promise<boolean>) {
    this.#answers = answers;
    void this.#watch();
  }

  get outages(): readonly Outage[] {
    return this.#outages;
  }

  /** It is away from now on, until it answers. */
  killed(): void {
    this.#from ??= Date.now();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      await sleep(50);
      if (await this.#answers()) {
        if (this.#from !== undefined) this.#outages.push({ from: this.#from, to: Date.now() });
        this.#from = undefined;
      } else this.#from ??= Date.now();
    }
  }
}
