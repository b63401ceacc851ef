import { errorText, systemClock, type Clock, type Log, type Timer } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { SingleFlight } from '../single-flight.js';
import { LANES } from './lane-hash.js';
import { SWEEP_INTERVAL, type LaneHolder } from './lane-holder.js';
import type { OwnedLane } from './lanes.js';
import { ACQUIRE, FORGIVE, RELEASE, RELEASE_ALL, SURVEY, SUSPECT, TERMINATE } from './ownership-statements.js';

/** Tells other processes that lanes have become free. */
const LANES_FREE = 'nestanza_lanes';

interface Survey {
  readonly grp: number;
  readonly members: number;
  readonly lanes: readonly OwnedLane[];
}

interface Acquired extends OwnedLane {
  readonly previous: string | null;
}

export interface LaneBalancerOptions {
  readonly kernel: Kernel;
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * Sees to it that every lane of every group has one living owner, and each member of a group its fair share: once a
 * second it asks the database what it owns, takes what is free or was a dead process's, and gives away what is too much.
 */
export class LaneBalancer {
  readonly #kernel: Kernel;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #holders: LaneHolder[] = [];
  readonly #registrations: (() => void)[] = [];
  readonly #sweeps = new SingleFlight(() => this.#guardedSweep());
  /** The incarnation that swept last. */
  #incarnation: string | undefined;
  #timer: Timer | undefined;
  #state: 'new' | 'running' | 'leaving' = 'new';
  #trouble = false;

  constructor({ kernel, log, clock = systemClock }: LaneBalancerOptions) {
    this.#kernel = kernel;
    this.#log = log;
    this.#clock = clock;
  }

  /** Looks after this holder's lanes, from the start on. */
  add(holder: LaneHolder): void {
    this.#holders.push(holder);
  }

  /** Begins; resolves after the first sweep. */
  async start(): Promise<void> {
    const { lease } = this.#kernel;
    await Promise.all(this.#holders.map(({ group }) => lease.join(group)));
    this.#state = 'running';
    this.#registrations.push(
      this.#kernel.onReincarnation(() => {
        // In doubt, nothing in memory counts: another process may work on these lanes already.
        for (const holder of this.#holders) holder.own([]);
        void this.sweep();
      }),
      this.#kernel.listen(LANES_FREE, () => void this.sweep()),
    );
    await this.sweep();
    this.#schedule();
  }

  /** Takes no more lanes; gives all back at once and tells the others. The holders must have come to rest. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'leaving';
    this.#timer?.cancel();
    for (const end of this.#registrations.splice(0)) end();
    await this.#sweeps.idle();
    try {
      const { lease } = this.#kernel;
      const groups = this.#holders.map(({ group }) => group);
      await this.#kernel.query(RELEASE_ALL, [lease.id, groups]);
      await Promise.all(groups.map((group) => lease.leave(group)));
      this.#kernel.notify(LANES_FREE, '');
    } catch (error) {
      this.#log.warn('The lanes could not be given back; they are taken over when the lease ends.', {
        error: errorText(error),
      });
    }
    for (const holder of this.#holders) holder.own([]);
  }

  /** Surveys, takes and gives away, once; a call during a sweep lets one more follow. Never rejects. */
  sweep(): Promise<void> {
    return this.#sweeps.request();
  }

  async #guardedSweep(): Promise<void> {
    try {
      await this.#sweep();
      if (this.#trouble) this.#log.info('The lanes are looked after again.');
      this.#trouble = false;
    } catch (error) {
      if (!this.#trouble) this.#log.warn('The lanes cannot be looked after.', { error: errorText(error) });
      this.#trouble = true;
    }
  }

  async #sweep(): Promise<void> {
    const { lease } = this.#kernel;
    if (this.#state !== 'running' || !lease.valid || this.#holders.length === 0) return;
    const me = lease.id;
    const groups = this.#holders.map(({ group }) => group);
    if (this.#incarnation !== me) {
      if (this.#incarnation !== undefined) await this.#kernel.query(FORGIVE, [this.#incarnation]);
      this.#incarnation = me;
    }
    const survey = new Map(
      (await this.#kernel.query<Survey>(SURVEY, [me, groups])).map(({ grp, ...rest }) => [grp, rest] as const),
    );
    for (const holder of this.#holders) {
      const { members, lanes } = survey.get(holder.group) ?? { members: 1, lanes: [] };
      if (lease.id !== me) return;
      holder.own(lanes);
      await this.#balance(holder, lanes, members);
      holder.sweep();
    }
  }

  async #balance(holder: LaneHolder, lanes: readonly OwnedLane[], members: number): Promise<void> {
    const me = this.#kernel.lease.id;
    const share = Math.ceil(LANES / Math.max(1, members));
    if (holder.kept > share) holder.shed(holder.kept - share);
    const { releasable } = holder;
    if (releasable.length > 0) {
      await this.#kernel.query(RELEASE, [holder.group, me, releasable]);
      holder.own(lanes.filter(({ lane }) => !releasable.includes(lane)));
      this.#kernel.notify(LANES_FREE, '');
    }
    if (lanes.length >= share) return;
    const taken = await this.#kernel.query<Acquired>(ACQUIRE, [holder.group, me, lanes.length]);
    if (taken.length === 0) return;
    const dead = [...new Set(taken.map(({ previous }) => previous).filter((id) => id !== null))];
    if (dead.length > 0) {
      await this.#kernel.query(TERMINATE, [dead]);
      await this.#kernel.query(SUSPECT, [dead, holder.group, taken.map(({ lane }) => lane)]);
      this.#log.info('Lanes of a dead process were taken over.', {
        group: holder.group,
        lanes: taken.length,
        dead: dead.join(', '),
      });
    }
    if (this.#kernel.lease.id !== me) return;
    const released = new Set(releasable);
    holder.own([
      ...lanes.filter(({ lane }) => !released.has(lane)),
      ...taken.map(({ lane, epoch }) => ({ lane, epoch })),
    ]);
  }

  #schedule(): void {
    // A little apart, so that processes started together do not sweep together.
    const delay = SWEEP_INTERVAL * (0.9 + 0.2 * Math.random());
    this.#timer = this.#clock.after(delay, () => {
      void this.sweep().then(() => {
        if (this.#state === 'running') this.#schedule();
      });
    });
  }
}
