import { errorText, type Log } from '@nestanza/core';

/** Something that happened to a dead letter of this service, in this process. */
export interface DeliveryEvent {
  readonly kind: 'buried' | 'replayed' | 'discarded';
  /** Id of the dead letter. */
  readonly letter: string;
}

/** Tells listeners what happened, after it stands. */
export class DeliveryEvents {
  readonly #log: Log;
  readonly #listeners = new Set<(event: DeliveryEvent) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Calls the listener with every event, until the returned function is called. */
  on(listener: (event: DeliveryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A listener that throws is logged, and holds up nobody. */
  emit(event: DeliveryEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error('A listener of dead letters failed.', { ...event, error: errorText(error) });
      }
    }
  }
}
