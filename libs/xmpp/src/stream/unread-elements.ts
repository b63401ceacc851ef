import type { Element } from '../xml/element.js';
import { StreamError } from './stream-error.js';

/** Elements that may lie unread before authentication, where each side waits for the other's answer. */
const MAX_UNREAD = 16;

interface Reader {
  resolve(element: Element): void;
  reject(error: Error): void;
}

/** What was received and not yet pulled, or the one who waits for it. */
export class UnreadElements {
  #elements: Element[] = [];
  #reader: Reader | undefined;
  #bounded = true;

  /** Takes the next element; `undefined` when there is none yet. */
  shift(): Element | undefined {
    return this.#elements.shift();
  }

  /** Resolves with the next element to come. One call at a time. */
  wait(): Promise<Element> {
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  /**
   * Hands the element to who waits, or keeps it.
   * @returns true when somebody waited
   * @throws StreamError `policy-violation` when a peer that has not authenticated sends too much unasked
   */
  push(element: Element): boolean {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve(element);
    if (reader === undefined && this.#elements.push(element) > MAX_UNREAD && this.#bounded) {
      throw new StreamError('policy-violation', 'Too much was sent without waiting for an answer.');
    }
    return reader !== undefined;
  }

  /** Lets a peer that has authenticated fill one read with as much as it likes. */
  unbound(): void {
    this.#bounded = false;
  }

  /** Takes everything; nothing is left. */
  drain(): Element[] {
    const elements = this.#elements;
    this.#elements = [];
    return elements;
  }

  /** Rejects who waits. */
  fail(error: Error): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(error);
  }
}
