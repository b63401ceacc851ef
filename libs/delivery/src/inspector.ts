import type { Kernel } from '@nestanza/postgres/internal';
import { deadJobId } from './bullmq/jobs.js';
import type { ServiceQueue } from './bullmq/service-queue.js';
import { DISCARD } from './dead-letter/dead-letter-statements.js';
import { toDeadLetter, type RawDeadLetter } from './dead-letter/raw-dead-letter.js';
import type { Delivery } from './delivery.js';
import { LETTER_GROUPS, LETTERS, STATUS } from './inspector-statements.js';
import type { DeadLetter } from './schema/dead-letter.entity.js';

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

export interface DeadLetterFilter {
  readonly code?: string;
  readonly handler?: string;
  readonly messageId?: string;
  /** Only letters with a smaller id: pages from newest to oldest. */
  readonly before?: string;
  /** Default 50, at most 500. */
  readonly limit?: number;
}

/** Dead letters of one handler with one code. */
export interface DeadLetterGroup {
  readonly handler: string;
  readonly code: string;
  readonly count: number;
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

const LIMITS = { default: 50, most: 500 } as const;

/** Answers questions about this service's messages, and replays or discards its dead letters. */
export class DeliveryInspector {
  readonly #parts: InspectorParts;

  constructor(parts: InspectorParts) {
    this.#parts = parts;
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
  async deadLetters(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
    const { code, handler, messageId, before, limit = LIMITS.default } = filter;
    const optional = [code, handler, messageId, before].map((value) => value ?? null);
    const values = [this.#parts.service, ...optional, Math.min(limit, LIMITS.most)];
    return (await this.#parts.kernel.query<RawDeadLetter>(LETTERS, values)).map(toDeadLetter);
  }

  /** How many letters each handler has of each code, most first. */
  deadLetterGroups(): Promise<readonly DeadLetterGroup[]> {
    return this.#parts.kernel.query<DeadLetterGroup>(LETTER_GROUPS, [this.#parts.service]);
  }

  /** The message runs again from its first attempt, once however often this is asked. `false`: it was gone already. */
  async replay(id: string): Promise<boolean> {
    const replayed = await this.#parts.delivery.replay(id);
    if (replayed) await this.#parts.queue.remove(deadJobId(id));
    return replayed;
  }

  /** The letter is gone for good. `false`: it was gone already. */
  async discard(id: string): Promise<boolean> {
    const gone = await this.#parts.kernel.query(DISCARD, [id, this.#parts.service]);
    if (gone.length > 0) await this.#parts.queue.remove(deadJobId(id));
    return gone.length > 0;
  }
}
