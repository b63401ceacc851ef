import type { Kernel } from '@nestanza/postgres/internal';
import { deadJobId } from './bullmq/jobs.js';
import type { ServiceQueue } from './bullmq/service-queue.js';
import type { LetterEdit } from './dead-letter/edited-envelope.js';
import { LetterArchive, type BulkOptions, type DeadLetterGroup } from './dead-letter/letter-archive.js';
import type { DeadLetterFilter, DeadLetterPage } from './dead-letter/letter-filter.js';
import type { DeliveryEvent } from './delivery-events.js';
import type { Delivery } from './delivery.js';
import { STATUS } from './inspector-statements.js';
import type { DeadLetter } from './schema/dead-letter.entity.js';
import { traceMessage, type TraceStop } from './trace.js';

/** How many rows wait in one place. */
export interface Backlog {
  readonly rows: number;
  /** Of these, how many have failed and wait for their next attempt. */
  readonly retrying: number;
  /** Age of the oldest row in milliseconds; `undefined` where there is none. */
  readonly oldest: number | undefined;
}

/** What waits where, and for how long. */
export interface DeliveryStatus {
  readonly inbox: Backlog;
  readonly outbox: Backlog;
  readonly deadLetters: Omit<Backlog, 'retrying'>;
}

interface RawStatus {
  readonly inbox_rows: number;
  readonly inbox_retrying: number;
  readonly inbox_oldest: number | null;
  readonly outbox_rows: number;
  readonly outbox_retrying: number;
  readonly outbox_oldest: number | null;
  readonly dead_rows: number;
  readonly dead_oldest: number | null;
}

export interface InspectorParts {
  readonly kernel: Kernel;
  readonly delivery: Delivery;
  readonly queue: ServiceQueue;
  readonly service: string;
}

/** Answers questions about this service's messages, and replays or discards its dead letters. */
export class DeliveryInspector {
  readonly #parts: InspectorParts;
  readonly #letters: LetterArchive;

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    const { kernel, service, delivery } = parts;
    this.#letters = new LetterArchive({
      kernel,
      service,
      onReplayed: (replayed, letter) => {
        delivery.replayed(replayed, letter);
        this.#removeJob(letter);
      },
      onDiscarded: (letter) => {
        delivery.events.emit({ kind: 'discarded', letter });
        this.#removeJob(letter);
      },
    });
  }

  async status(): Promise<DeliveryStatus> {
    const { kernel, service, delivery } = this.#parts;
    const [raw] = await kernel.query<RawStatus>(STATUS, [service, delivery.groups]);
    return {
      inbox: { rows: raw?.inbox_rows ?? 0, retrying: raw?.inbox_retrying ?? 0, oldest: raw?.inbox_oldest ?? undefined },
      outbox: {
        rows: raw?.outbox_rows ?? 0,
        retrying: raw?.outbox_retrying ?? 0,
        oldest: raw?.outbox_oldest ?? undefined,
      },
      deadLetters: { rows: raw?.dead_rows ?? 0, oldest: raw?.dead_oldest ?? undefined },
    };
  }

  /** Newest first. */
  deadLetters(page: DeadLetterPage = {}): Promise<readonly DeadLetter[]> {
    return this.#letters.letters(page);
  }

  deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.#letters.letter(id);
  }

  /** How many letters each handler has of each code, most first. */
  deadLetterGroups(filter: DeadLetterFilter = {}): Promise<readonly DeadLetterGroup[]> {
    return this.#letters.groups(filter);
  }

  /**
   * The message runs again from its first attempt, once however often this is asked. Edited, it is a new message whose
   * `causationid` is the old one. `false`: it was gone already.
   * @throws NestanzaError `NST_DELIVERY_NOT_EDITABLE` for an edited outgoing message that is no CloudEvent
   */
  replay(id: string, edit?: LetterEdit): Promise<boolean> {
    return this.#letters.replay(id, edit);
  }

  /** Replays all that fit and were there at first, oldest first, at most so many a second. Resolves with their count. */
  replayAll(filter: DeadLetterFilter, options?: BulkOptions): Promise<number> {
    return this.#letters.replayAll(filter, options);
  }

  /** The letter is gone for good. `false`: it was gone already. */
  discard(id: string): Promise<boolean> {
    return this.#letters.discard(id);
  }

  /** Discards all that fit and were there at first. Resolves with their count. */
  discardAll(filter: DeadLetterFilter, options?: BulkOptions): Promise<number> {
    return this.#letters.discardAll(filter, options);
  }

  /** Where a message has been and is. */
  trace(messageId: string): Promise<readonly TraceStop[]> {
    return traceMessage(this.#parts.kernel, messageId);
  }

  /** Calls the listener when a dead letter of this service is made, replayed or discarded in this process. */
  onEvent(listener: (event: DeliveryEvent) => void): () => void {
    return this.#parts.delivery.events.on(listener);
  }

  #removeJob(letter: string): void {
    // A job that stays does no harm: its Retry finds no letter.
    this.#parts.queue.remove(deadJobId(letter)).catch(() => undefined);
  }
}
