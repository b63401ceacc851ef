import { errorText, type Log } from '@nestanza/core';
import { SingleFlight } from '../single-flight.js';
import type { JobSpec } from './jobs.js';
import type { ServiceQueue } from './service-queue.js';

/** Jobs that may wait to be added; beyond, the reconciler makes them. */
const LIMIT = 10_000;

/** Jobs of one call. */
const BATCH = 500;

/** Shows rows as jobs. A projection: what is lost here is made again by the reconciler, and nothing depends on it. */
export class JobProjector {
  readonly #queue: ServiceQueue;
  readonly #log: Log;
  readonly #flushes = new SingleFlight(() => this.#flush());
  #waiting: JobSpec[] = [];

  constructor(queue: ServiceQueue, log: Log) {
    this.#queue = queue;
    this.#log = log;
  }

  /** The job will be there soon. Adding one that is there already changes nothing. */
  add(job: JobSpec): void {
    if (this.#waiting.length >= LIMIT) return;
    this.#waiting.push(job);
    void this.#flushes.request();
  }

  /** The job will be gone soon, if it is not under way. */
  remove(id: string): void {
    this.#queue.remove(id).catch((error: unknown) => this.#failed(error));
  }

  /** Resolves when everything added so far has been handed over. */
  idle(): Promise<void> {
    return this.#flushes.idle();
  }

  async #flush(): Promise<void> {
    // The rest of this tick joins in.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      try {
        await this.#queue.addBulk(this.#waiting.splice(0, BATCH));
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  #failed(error: unknown): void {
    this.#log.debug('Jobs could not be changed; the reconciler will.', { error: errorText(error) });
  }
}
