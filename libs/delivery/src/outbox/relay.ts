import type { OutboundMessage } from '@nestanza/bus/internal';
import { parseChannel } from '@nestanza/contracts';
import { errorText, faultPoint, systemClock, type Clock, type Timer } from '@nestanza/core';
import { GroupCommitter } from '@nestanza/postgres/internal';
import { byDeadline } from '../by-deadline.js';
import { SWEEP_INTERVAL, type LaneHolder } from '../lanes/lane-holder.js';
import type { OwnedLane } from '../lanes/lanes.js';
import { SingleFlight } from '../single-flight.js';
import { NEXT, SENT, type RawOutgoing } from './outbox-statements.js';
import { RelayLanes } from './relay-lanes.js';
import { SendFailures, type SendFailuresOptions } from './send-failures.js';

const confirmed = faultPoint('outbox.confirmed');
const deleted = faultPoint('outbox.deleted');

/** Keys, and messages without one, that are under way at once. */
const RELAY_INFLIGHT = 64;

/** Milliseconds of rest after a stream or the database went away in the middle. */
const REST = 250;

/** Rows of a lane that are read at once. */
const READ_LIMIT = 8;

export interface RelayOptions extends SendFailuresOptions {
  readonly group: number;
  /** Resolves when the receiving service has confirmed. */
  readonly send: (message: OutboundMessage) => Promise<void>;
  /** Whether there is a stream to send on. */
  readonly online: () => boolean;
}

/**
 * Moves rows of the outbox to their receivers, and deletes each when it is confirmed: rows of one key one after another,
 * others together. A row that fails waits with its key; all others go on.
 */
export class Relay implements LaneHolder {
  readonly group: number;
  readonly #options: RelayOptions;
  readonly #clock: Clock;
  readonly #failures: SendFailures;
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
    this.#failures = new SendFailures(options);
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
      for (const line of linesOf(rows).slice(0, RELAY_INFLIGHT - this.#lines.size)) this.#begin(line);
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
    const fate = await this.#failures.settle(row, error);
    // Longer waits end with a sweep.
    if (fate.state === 'waiting' && fate.delay <= SWEEP_INTERVAL) this.#after(fate.delay + 1, () => this.wake());
    return fate.state === 'undecided' ? this.#rest() : fate.state === 'buried';
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
}

/** Rows of one key together, to go one after another; rows without a key alone. In order of their first rows. */
function linesOf(rows: readonly RawOutgoing[]): readonly (readonly RawOutgoing[])[] {
  const byKey = new Map<string, RawOutgoing[]>();
  const lines: RawOutgoing[][] = [];
  for (const row of rows) {
    const begun = row.key === null ? undefined : byKey.get(row.key);
    if (begun !== undefined) {
      begun.push(row);
      continue;
    }
    const line = [row];
    lines.push(line);
    if (row.key !== null) byKey.set(row.key, line);
  }
  return lines;
}
