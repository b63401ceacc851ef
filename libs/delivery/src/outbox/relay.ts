import type { OutboundMessage } from '@nestanza/bus/internal';
import { parseChannel } from '@nestanza/contracts';
import { errorText, faultPoint, systemClock, toError, type Clock, type Log, type Timer } from '@nestanza/core';
import { GroupCommitter, type Kernel } from '@nestanza/postgres/internal';
import { byDeadline } from '../by-deadline.js';
import { BURY_OUTGOING } from '../dead-letter/dead-letter-statements.js';
import { failureOf, REASON_LIMIT } from '../handling/failure-of.js';
import type { LaneHolder } from '../lanes/lane-holder.js';
import type { OwnedLane } from '../lanes/lanes.js';
import { SingleFlight } from '../single-flight.js';
import { storable } from '../storable.js';
import { NEXT, PUT_OFF_OUTGOING, SENT } from './outbox-statements.js';
import { judgeSendFailure, resendDelay, SEND_MAX_AGE } from './refusal.js';
import { RelayLanes } from './relay-lanes.js';

const confirmed = faultPoint('outbox.confirmed');
const deleted = faultPoint('outbox.deleted');

/** Keys, and messages without one, that are under way at once. */
export const RELAY_INFLIGHT = 64;

/** Milliseconds of rest after a stream or the database went away in the middle. */
const REST = 250;

/** Rows of a lane that are read at once. */
const READ_LIMIT = 8;

interface RawOutgoing {
  readonly id: string;
  readonly lane: number;
  readonly key: string | null;
  readonly message_id: string;
  readonly channel: string;
  readonly envelope: string;
  readonly attempts: number;
  readonly at: number;
}

export interface RelayOptions {
  readonly kernel: Kernel;
  readonly group: number;
  readonly service: string;
  /** Resolves when the receiving service has confirmed. */
  readonly send: (message: OutboundMessage) => Promise<void>;
  /** Whether there is a stream to send on. */
  readonly online: () => boolean;
  /** Told of every message that was given up. */
  readonly onRefused: (letter: string) => void;
  readonly log: Log;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/**
 * Moves rows of the outbox to their receivers, and deletes each when it is confirmed: rows of one key one after another,
 * others together. A row that fails waits with its key; all others go on.
 */
export class Relay implements LaneHolder {
  readonly group: number;
  readonly #options: RelayOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #lanes = new RelayLanes();
  /** Rows read and not yet ended, by id. */
  readonly #held = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #lines = new Set<Promise<void>>();
  readonly #reads = new SingleFlight(() => this.#read());
  readonly #deletions: GroupCommitter<string, undefined>;
  readonly #timers = new Set<Timer>();
  #stopping = false;
  #resting = false;

  constructor(options: RelayOptions) {
    this.group = options.group;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#deletions = new GroupCommitter({
      commit: async (ids) => {
        await options.kernel.query(SENT, [ids]);
        return ids.map(() => undefined);
      },
    });
  }

  get kept(): number {
    return this.#lanes.kept;
  }

  get releasable(): readonly number[] {
    return this.#lanes.releasable;
  }

  own(lanes: readonly OwnedLane[]): void {
    this.#lanes.own(lanes);
    this.wake();
  }

  shed(count: number): void {
    this.#lanes.shed(count);
  }

  sweep(): void {
    this.wake();
  }

  /** True when this process sends the rows of the lane. */
  holds(lane: number): boolean {
    return this.#lanes.holds(lane);
  }

  /** There are new rows, or there is a stream again. */
  wake(): void {
    void this.#reads.request();
  }

  /** Begins no more sends; resolves when none is under way, at the latest when `deadline` aborts. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) timer.cancel();
    await byDeadline(Promise.all(this.#lines), deadline);
  }

  get #active(): boolean {
    return !this.#stopping && !this.#resting && this.#options.kernel.lease.valid && this.#options.online();
  }

  async #read(): Promise<void> {
    const lanes = this.#lanes.open;
    if (!this.#active || lanes.length === 0 || this.#lines.size >= RELAY_INFLIGHT) return;
    const values = [this.group, lanes, [...this.#held], [...this.#keys], READ_LIMIT];
    try {
      const rows = await this.#options.kernel.query<RawOutgoing>(NEXT, values);
      for (const line of linesOf(rows)) this.#begin(line);
    } catch (error) {
      this.#options.log.debug('The outbox could not be read; the next sweep tries again.', { error: errorText(error) });
    }
  }

  #begin(rows: readonly RawOutgoing[]): void {
    const [first] = rows;
    if (first === undefined) return;
    const { key, lane } = first;
    for (const { id } of rows) this.#held.add(id);
    if (key !== null) this.#keys.add(key);
    const done = this.#lanes.sending(lane);
    const line = this.#sendInOrder(rows).finally(() => {
      for (const { id } of rows) this.#held.delete(id);
      if (key !== null) this.#keys.delete(key);
      done();
      this.#lines.delete(line);
      this.wake();
    });
    this.#lines.add(line);
  }

  async #sendInOrder(rows: readonly RawOutgoing[]): Promise<void> {
    for (const row of rows) if (!(await this.#send(row))) return;
  }

  /** False when the rows behind it have to wait. Never rejects. */
  async #send(row: RawOutgoing): Promise<boolean> {
    if (!this.#active || !this.#lanes.holds(row.lane)) return false;
    try {
      const { message_id: id, envelope, key } = row;
      await this.#options.send({ id, envelope, key: key ?? undefined, channel: parseChannel(row.channel) });
    } catch (error) {
      return this.#failed(row, error);
    }
    try {
      await confirmed();
      await this.#deletions.submit(row.id);
      await deleted();
      return true;
    } catch (error) {
      this.#options.log.debug('A sent message could not be deleted and is sent again.', {
        id: row.message_id,
        error: errorText(error),
      });
      return this.#rest();
    }
  }

  /** True when the row is out of the way. */
  async #failed(row: RawOutgoing, error: unknown): Promise<boolean> {
    const failure = judgeSendFailure(error);
    if (failure === 'offline') return this.#rest();
    const age = this.#clock.now() - row.at;
    try {
      if (failure === 'refused') return await this.#bury(row, error, 'NST_DELIVERY_REFUSED');
      if (age > SEND_MAX_AGE) return await this.#bury(row, error, 'NST_DELIVERY_TOO_OLD');
      await this.#putOff(row, error);
      return false;
    } catch (trouble) {
      this.#options.log.debug('A failed send could not be recorded and is repeated.', {
        id: row.message_id,
        error: errorText(trouble),
      });
      return this.#rest();
    }
  }

  /** Nothing is sent for a moment, instead of everything over and over. */
  #rest(): false {
    if (this.#resting) return false;
    this.#resting = true;
    this.#after(REST, () => {
      this.#resting = false;
      this.wake();
    });
    return false;
  }

  #after(delay: number, task: () => void): void {
    const timer = this.#clock.after(delay, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }

  async #putOff(row: RawOutgoing, error: unknown): Promise<void> {
    const delay = resendDelay(row.attempts, this.#random());
    const reason = storable(errorText(error), REASON_LIMIT);
    await this.#options.kernel.query(PUT_OFF_OUTGOING, [row.id, delay / 1_000, reason]);
    if (row.attempts === 0) {
      this.#options.log.warn('A message could not be sent and is sent again later.', {
        id: row.message_id,
        channel: row.channel,
        error: reason,
      });
    }
    this.#after(delay + 1, () => this.wake());
  }

  async #bury(row: RawOutgoing, thrown: unknown, code: string): Promise<true> {
    const error = toError(thrown);
    const failure = failureOf(error, { attempt: row.attempts + 1, at: this.#clock.now() });
    const [letter] = await this.#options.kernel.query<{ id: string }>(BURY_OUTGOING, [
      row.id,
      this.#options.service,
      code,
      storable(errorText(error), REASON_LIMIT),
      failure.stack ?? null,
      JSON.stringify([failure]),
    ]);
    if (letter !== undefined) {
      this.#options.log.error('A message was refused and is a dead letter now.', {
        letter: letter.id,
        id: row.message_id,
        channel: row.channel,
        error: failure.message,
      });
      this.#options.onRefused(letter.id);
    }
    return true;
  }
}

/** Rows that have to go one after another, together; rows without a key alone. */
function linesOf(rows: readonly RawOutgoing[]): readonly (readonly RawOutgoing[])[] {
  const byKey = new Map<string, RawOutgoing[]>();
  const alone: RawOutgoing[][] = [];
  for (const row of rows) {
    if (row.key === null) alone.push([row]);
    else if (byKey.has(row.key)) byKey.get(row.key)?.push(row);
    else byKey.set(row.key, [row]);
  }
  return [...byKey.values(), ...alone];
}
