import { storedItem } from '@nestanza/bus/internal';
import { errorText, faultPoint, type Log } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import type { Kernel } from '@nestanza/postgres/internal';
import type { DataSource, EntityManager } from 'typeorm';
import type { SubscribedGroup } from '../consumer-group.js';
import { REASON_LIMIT, STACK_LIMIT } from '../handling/failure-of.js';
import type { StartedRow } from '../lanes/lanes.js';
import type { DeadLetter } from '../schema/dead-letter.entity.js';
import type { Failure } from '../schema/failure.js';
import { storable } from '../storable.js';
import { RECORD_HOOK_ERROR } from './dead-letter-statements.js';
import { toDeadLetter, type RawDeadLetter } from './raw-dead-letter.js';
import type { DeadLetterHook } from './on-dead-letter.decorator.js';

const buried = faultPoint('dead-letter.buried');
const hooked = faultPoint('dead-letter.hooked');
const committed = faultPoint('dead-letter.committed');

/** Why a message is given up. */
export interface Burial {
  readonly code: string;
  readonly reason: string;
  /** The attempts that failed since the row was last written. */
  readonly failures: readonly Failure[];
}

export interface DeadLettersOptions {
  readonly kernel: Kernel;
  readonly dataSource: DataSource;
  readonly service: string;
  /** Makes the dead letter of a row, by group. */
  readonly statement: (group: number) => string;
  /** The hooks of a channel. */
  readonly hooks: (channel: string) => readonly DeadLetterHook[];
  /** Told of every dead letter once it is committed. */
  readonly onBuried: (letter: DeadLetter) => void;
  readonly log: Log;
}

/** Moves messages that are given up from the inbox to the dead letters. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /**
   * The row is a dead letter, and every hook of its channel has run in the same transaction. Resolves with `undefined`
   * when the row was gone or the lane lost.
   * @throws when the database was away; nothing has happened then, or all of it
   */
  async bury(group: SubscribedGroup, started: StartedRow, burial: Burial): Promise<DeadLetter | undefined> {
    const { dataSource, hooks, onBuried } = this.#options;
    const letter = await runInTransaction(dataSource, async (tx) => {
      const dead = await this.#insert(tx, { group, started, burial });
      if (dead === undefined) return undefined;
      await buried();
      for (const hook of hooks(group.channel)) await this.#call(hook, dead, tx);
      await hooked();
      return dead;
    });
    await committed();
    if (letter !== undefined) onBuried(letter);
    return letter;
  }

  async #insert(
    tx: EntityManager,
    { group, started, burial }: { group: SubscribedGroup; started: StartedRow; burial: Burial },
  ): Promise<DeadLetter | undefined> {
    const { kernel, service } = this.#options;
    const statement = this.#options.statement(group.id);
    const { row, epoch } = started;
    const { code, reason, failures } = burial;
    const item = storedItem(row.envelope);
    const stack = failures.at(-1)?.stack;
    const [raw] = await tx.query<RawDeadLetter[]>(statement, [
      group.id,
      kernel.lease.id,
      row.lane,
      row.id,
      epoch,
      service,
      group.channel,
      group.subscription.type,
      group.subscription.handler,
      item === undefined ? null : storable(item),
      storable(code, 200),
      storable(reason, REASON_LIMIT),
      stack === undefined ? null : storable(stack, STACK_LIMIT),
      JSON.stringify(failures),
    ]);
    return raw === undefined ? undefined : toDeadLetter(raw);
  }

  async #call(hook: DeadLetterHook, letter: DeadLetter, tx: EntityManager): Promise<void> {
    try {
      await runInTransaction(tx, async (savepoint) => {
        await hook(letter, savepoint);
      });
    } catch (error) {
      const text = storable(errorText(error), REASON_LIMIT);
      await tx.query(RECORD_HOOK_ERROR, [letter.id, text]);
      this.#options.log.error('A dead-letter handler failed; the dead letter stands without it.', {
        letter: letter.id,
        channel: letter.channel,
        error: text,
      });
    }
  }
}
