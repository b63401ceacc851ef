import type { Settlement } from '@nestanza/bus';
import { failureReport, type StoredMessage } from '@nestanza/bus/internal';
import { faultPoint, systemClock, type Clock, type Log } from '@nestanza/core';
import { GroupCommitter, type Kernel } from '@nestanza/postgres/internal';
import type { DataSource } from 'typeorm';
import type { WaitingMessage } from './waiting-message.js';
import type { SubscribedGroup } from '../consumer-group.js';
import type { Burial, DeadLetters } from '../dead-letter/dead-letters.js';
import type { Verdict } from '../lanes/lane-pump.js';
import { isSuspect, POISON_DELIVERIES } from '../lanes/lane-row.js';
import { COUNT } from '../lanes/lane-statements.js';
import type { StartedRow } from '../lanes/lanes.js';
import { decideLater, decideRetry, retryPolicy, type RetryDecision, type RetryPolicy } from '../retry.js';
import { failureOf } from './failure-of.js';
import { runInOwnTransaction } from './own-transaction.js';
import type { RowStatements } from './row-statements.js';

const counted = faultPoint('inbox.suspect-counted');
const putOff = faultPoint('inbox.put-off');

export interface MessageRunnerOptions {
  readonly kernel: Kernel;
  readonly dataSource: DataSource;
  readonly group: SubscribedGroup;
  readonly rows: RowStatements;
  /** Default: that of the subscription. */
  readonly policy?: RetryPolicy;
  readonly deadLetters: DeadLetters;
  /** Told of every message that waits for its next attempt. */
  readonly onWaiting: (message: WaitingMessage) => void;
  readonly log: Log;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Runs one stored message: handler, settlement, and what the settlement asks for. */
export class MessageRunner {
  readonly #options: MessageRunnerOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #policy: RetryPolicy;
  readonly #finishes: GroupCommitter<StartedRow, boolean>;

  constructor(options: MessageRunnerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#policy = options.policy ?? retryPolicy(options.group.subscription.options.retry);
    this.#finishes = new GroupCommitter({ commit: (rows) => this.#finish(rows) });
  }

  /** @throws when the database was away: the row is then to be run again */
  async run(started: StartedRow, signal: AbortSignal): Promise<Verdict> {
    if (isSuspect(started.row)) {
      const deliveries = await this.#count(started);
      if (deliveries === undefined) return { outcome: 'gone' };
      if (deliveries >= POISON_DELIVERIES) return this.#bury(started, POISON);
    }
    const settlement = await this.#handle(started, signal);
    if (settlement === undefined) return { outcome: 'gone' };
    if (settlement.outcome === 'done') return { outcome: 'finished' };
    return this.#settle(started, settlement);
  }

  async #handle(started: StartedRow, signal: AbortSignal): Promise<Settlement | undefined> {
    const { kernel, dataSource, group, rows } = this.#options;
    const { row } = started;
    const message: StoredMessage = {
      id: row.messageId,
      sender: row.sender,
      key: row.key,
      envelope: row.envelope,
      attempt: row.attempts + 1,
    };
    if (group.subscription.options.transaction !== 'none') {
      const process = kernel.lease.id;
      return runInOwnTransaction({ dataSource, take: rows.take, process, group, started, message, signal });
    }
    const settlement = await group.subscription.handle(message, { signal });
    if (settlement.outcome === 'done') await this.#finishes.submit(started);
    return settlement;
  }

  async #finish(rows: readonly StartedRow[]): Promise<readonly boolean[]> {
    const { kernel, group, rows: statements } = this.#options;
    const ended = await kernel.query<{ id: string }>(statements.finish, [
      group.id,
      kernel.lease.id,
      rows.map(({ row }) => row.lane),
      rows.map(({ row }) => row.id),
      rows.map(({ epoch }) => epoch),
    ]);
    const ids = new Set(ended.map(({ id }) => Number(id)));
    return rows.map(({ row }) => ids.has(row.id));
  }

  async #settle(started: StartedRow, settlement: Exclude<Settlement, { outcome: 'done' }>): Promise<Verdict> {
    const { row } = started;
    const { error } = settlement;
    if (settlement.outcome === 'reject') {
      return this.#bury(started, { code: settlement.code, reason: settlement.reason, error });
    }
    const attempt = row.attempts + 1;
    const age = this.#clock.now() - row.receivedAt;
    const decision =
      settlement.outcome === 'later'
        ? decideLater(age, Math.max(0, settlement.at - this.#clock.now()), this.#policy)
        : decideRetry({ attempt, age }, this.#policy, this.#random());
    if (decision.outcome === 'give-up')
      return this.#bury(started, { code: decision.code, reason: error.message, error });
    return this.#putOff(started, decision, settlement);
  }

  async #putOff(
    started: StartedRow,
    { delay }: Extract<RetryDecision, { outcome: 'wait' }>,
    { outcome, error }: Exclude<Settlement, { outcome: 'done' }>,
  ): Promise<Verdict> {
    const { kernel, group, rows, onWaiting } = this.#options;
    const { row, epoch } = started;
    const failed = outcome === 'retry';
    const at = this.#clock.now();
    const failures = failed ? [failureOf(error, { attempt: row.attempts + 1, at })] : [];
    const [kept] = await kernel.query<{ attempts: number }>(rows.putOff, [
      group.id,
      kernel.lease.id,
      row.lane,
      row.id,
      epoch,
      delay / 1_000,
      failures.length,
      JSON.stringify(failures),
    ]);
    await putOff();
    if (kept === undefined) return { outcome: 'gone' };
    if (failed) this.#report(started, error, { next: at + delay });
    onWaiting({ group, row, attempts: kept.attempts, dueAt: at + delay, reason: error.message });
    return { outcome: 'blocked', delay, failed };
  }

  async #bury(
    started: StartedRow,
    { code, reason, error }: Omit<Burial, 'failures'> & { error?: Error },
  ): Promise<Verdict> {
    const { deadLetters, group } = this.#options;
    const attempt = started.row.attempts + 1;
    const failures = error === undefined ? [] : [failureOf(error, { attempt, at: this.#clock.now() })];
    const letter = await deadLetters.bury(group, started, { code, reason, failures });
    if (letter === undefined) return { outcome: 'gone' };
    if (code === 'NST_DELIVERY_EXHAUSTED' || code === 'NST_DELIVERY_TOO_OLD') {
      this.#report(started, error ?? new Error(reason), { end: `dead letter ${letter.id} (${code})` });
      return { outcome: 'finished', failed: true };
    }
    const { handler, channel, messageId } = letter;
    const facts = { channel, id: messageId, letter: letter.id, code };
    this.#options.log.warn(`${handler} gave a message up as dead letter ${letter.id}: ${letter.reason}`, facts);
    return { outcome: 'finished' };
  }

  async #count({ row }: StartedRow): Promise<number | undefined> {
    const { kernel, group } = this.#options;
    const [row_] = await kernel.query<{ deliveries: number }>(COUNT, [group.id, row.lane, row.id]);
    await counted();
    return row_?.deliveries;
  }

  #report({ row }: StartedRow, error: Error, fate: { next?: number; end?: string }): void {
    const { group, log } = this.#options;
    const facts = { handler: group.subscription.handler, channel: group.channel, id: row.messageId };
    const count = { attempt: row.attempts + 1, attempts: this.#policy.attempts };
    log.error(failureReport({ ...facts, ...count, ...fate, error }, this.#clock.now()), facts);
  }
}

const POISON = {
  code: 'NST_DELIVERY_POISON',
  reason: `The process died ${POISON_DELIVERIES - 1} times with this message in hand.`,
} as const;
