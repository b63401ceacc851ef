import type { DeadLetter } from './schema/dead-letter.entity.js';

/** What waits where, and for how long. Ages in milliseconds; `undefined` where nothing waits. */
export interface DeliveryStatus {
  readonly inbox: { readonly rows: number; readonly retrying: number; readonly oldest: number | undefined };
  readonly outbox: { readonly rows: number; readonly retrying: number; readonly oldest: number | undefined };
  readonly deadLetters: { readonly rows: number; readonly oldest: number | undefined };
}

export interface DeadLetterFilter {
  readonly code?: string;
  readonly handler?: string;
  readonly messageId?: string;
  /** Only letters with a smaller id: pages from newest to oldest. */
  readonly before?: string;
  /** Default 50, at most 500. */
  readonly limit?: number;
}

/** Answers questions about this service's messages, and replays or discards dead letters. */
export abstract class DeliveryInspector {
  abstract status(): Promise<DeliveryStatus>;
  /** Newest first. */
  abstract deadLetters(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** How many letters each (handler, code) has, most first. */
  abstract deadLetterGroups(): Promise<readonly { handler: string; code: string; count: number }[]>;
  /** The message runs again from its first attempt, once however often this is asked. `false`: it was gone already. */
  abstract replay(id: string): Promise<boolean>;
  /** The letter is gone for good. `false`: it was gone already. */
  abstract discard(id: string): Promise<boolean>;
}
