import { toError, type Log } from '@nestanza/core';
import type { Unsubscribe } from '../connection.js';
import type { Element } from '../xml/element.js';

type StanzaListener = (stanza: Element) => boolean | void;

/** Who gets messages and presence, in order of registration. */
export class StanzaListeners {
  readonly #log: Log;
  readonly #listeners = new Set<StanzaListener>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: StanzaListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Offers the stanza until one claims it. A listener that throws has not claimed it. */
  offer(stanza: Element): void {
    for (const listener of this.#listeners) {
      try {
        if (listener(stanza) === true) return;
      } catch (error) {
        this.#log.error('A stanza listener failed', { from: stanza.attr('from'), error: toError(error) });
      }
    }
  }
}
