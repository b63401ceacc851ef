import type { InboundMessage } from '@nestanza/bus/internal';
import { faultPoint, NestanzaError } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { laneOf } from '../lanes/lane-hash.js';
import { indexable, storable } from '../storable.js';
import { INGEST, KNOWN } from './ingest-statements.js';
import type { StoredRow } from './stored-row.js';

const ingested = faultPoint('inbox.ingested');

/** Messages of one statement. */
const BATCH = 200;

/** Messages that may wait to be taken in. */
export const INGEST_QUEUE = 2_000;

interface Submission {
  readonly message: InboundMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface RawStored {
  readonly sender: string;
  readonly message_id: string;
  readonly lane: number;
  readonly id: string;
  readonly owner: string | null;
}

export interface IngestOptions {
  readonly kernel: Kernel;
  readonly group: number;
  /** Told of every new row, in their order. */
  readonly onStored: (rows: readonly StoredRow[]) => void;
}

/**
 * Takes a group's messages in, in the order of their submission: each one either becomes a row of the inbox or is a
 * duplicate of one that did. Under load many share one statement and one commit.
 */
export class Ingest {
  readonly #options: IngestOptions;
  #waiting: Submission[] = [];
  #flushing = false;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Messages that wait to be taken in. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves when the message is safe. When one is refused, so are all submitted behind it until then: order is kept.
   * @throws NestanzaError `NST_DELIVERY_INGEST_FULL` (rejection, retryable) when 2,000 messages wait
   */
  submit(message: InboundMessage): Promise<void> {
    if (this.#waiting.length >= INGEST_QUEUE) {
      return Promise.reject(
        new NestanzaError('NST_DELIVERY_INGEST_FULL', `${INGEST_QUEUE} messages wait to be taken in.`, {
          retryable: true,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message: cleaned(message), resolve, reject });
      if (this.#flushing) return;
      this.#flushing = true;
      queueMicrotask(() => void this.#flush());
    });
  }

  /** Which of these messages were taken in before, by position. */
  async known(messages: readonly InboundMessage[]): Promise<ReadonlySet<number>> {
    const asked = messages.map(cleaned);
    const rows = await this.#options.kernel.query<{ n: number }>(KNOWN, [
      this.#options.group,
      asked.map(({ sender }) => sender),
      asked.map(({ id }) => id),
      asked.map(({ digest }) => digest),
    ]);
    return new Set(rows.map(({ n }) => n - 1));
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#insert(batch.map(({ message }) => message));
        await ingested();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#flushing = false;
  }

  /** As many as go into one statement, which must not touch one (sender, id) twice. */
  #nextBatch(): readonly Submission[] {
    const seen = new Set<string>();
    let length = 0;
    for (const { message } of this.#waiting.slice(0, BATCH)) {
      const identity = identityOf(message.sender, message.id);
      if (seen.has(identity)) break;
      seen.add(identity);
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }

  async #insert(messages: readonly InboundMessage[]): Promise<void> {
    const { kernel, group, onStored } = this.#options;
    const rows = await kernel.query<RawStored>(INGEST, [
      group,
      messages.map(({ sender }) => sender),
      messages.map(({ id }) => id),
      messages.map(({ digest }) => digest),
      messages.map(({ key }) => key ?? null),
      messages.map(({ key, id }) => laneOf(key ?? id)),
      messages.map(({ envelope }) => envelope),
    ]);
    if (rows.length === 0) return;
    const keys = new Map(messages.map(({ sender, id, key }) => [identityOf(sender, id), key ?? null]));
    const stored = rows.map(({ id, lane, owner, sender, message_id: messageId }) => {
      const key = keys.get(identityOf(sender, messageId)) ?? null;
      return { id, lane, owner, sender, messageId, key };
    });
    onStored(stored.sort((a, b) => Number(a.id) - Number(b.id)));
  }
}

const identityOf = (sender: string, id: string): string => `${sender}\0${id}`;

function cleaned(message: InboundMessage): InboundMessage {
  return {
    sender: indexable(message.sender),
    id: indexable(message.id),
    digest: message.digest,
    key: message.key === undefined ? undefined : indexable(message.key),
    envelope: storable(message.envelope),
  };
}
