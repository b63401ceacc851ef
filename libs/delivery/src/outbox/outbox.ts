import type { Receipt } from '@nestanza/bus';
import type { DurablePublishOptions, OutboundMessage } from '@nestanza/bus/internal';
import { formatChannel } from '@nestanza/contracts';
import { currentTransaction } from '@nestanza/postgres';
import { GroupCommitter, type Kernel } from '@nestanza/postgres/internal';
import type { EntityManager } from 'typeorm';
import { joinHandler } from '../handling/handler-scope.js';
import { laneOf } from '../lanes/lane-hash.js';
import { indexable, storable } from '../storable.js';
import type { CommitWatch } from './commit-watch.js';
import { STORE, STORE_WITHIN } from './outbox-statements.js';

export interface OutboxOptions {
  readonly kernel: Kernel;
  readonly commits: CommitWatch;
  /** Id of the service's group of outgoing lanes. */
  readonly group: () => Promise<number>;
  /** Told which lane has a new row, once it is committed. */
  readonly onStored: (lane: number) => void;
}

/** A message with the lane of its key. */
interface Placed {
  readonly lane: number;
  readonly message: OutboundMessage;
}

/** Where messages wait until their receiver has confirmed them. */
export class Outbox {
  readonly #options: OutboxOptions;
  // One statement at a time: messages of one key keep the order of their publication.
  readonly #stores: GroupCommitter<Placed, undefined>;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#stores = new GroupCommitter({ commit: (placed) => this.#store(placed), lanes: 1 });
  }

  /**
   * The message is stored: with the given transaction, else with that of the running handler or step, else at once.
   * @throws NestanzaError `NST_DELIVERY_HANDLER_OVER` when the handler that publishes has ended
   */
  publish(message: OutboundMessage, options: DurablePublishOptions = {}): Promise<Receipt> {
    return joinHandler(async () => {
      const lane = laneOf(message.key ?? message.id);
      const tx = (options.tx as EntityManager | undefined) ?? currentTransaction();
      if (tx === undefined) {
        await this.#stores.submit({ lane, message });
        this.#options.onStored(lane);
      } else {
        await tx.query(STORE_WITHIN, [await this.#options.group(), ...columns([{ lane, message }])]);
        this.#options.commits.afterCommit(tx, () => this.#options.onStored(lane));
      }
      return { id: message.id, state: 'stored' };
    });
  }

  async #store(placed: readonly Placed[]): Promise<readonly undefined[]> {
    await this.#options.kernel.query(STORE, [await this.#options.group(), ...columns(placed)]);
    return placed.map(() => undefined);
  }
}

function columns(placed: readonly Placed[]): readonly unknown[] {
  return [
    placed.map(({ lane }) => lane),
    placed.map(({ message }) => (message.key === undefined ? null : indexable(message.key))),
    placed.map(({ message }) => message.id),
    placed.map(({ message }) => formatChannel(message.channel)),
    placed.map(({ message }) => storable(message.envelope)),
  ];
}
