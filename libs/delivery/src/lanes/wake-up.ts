import type { Kernel } from '@nestanza/postgres/internal';

/** A group's lanes in this process: those who wait for news of them. */
export interface Sleeper {
  /** There are new rows in these lanes. */
  news(lanes: readonly number[]): void;
  /** A waiting row has become due. */
  hurry(): void;
}

/** What a wake-up says: new rows in a lane, or (without one) a row that has become due. */
interface Call {
  readonly group: number;
  readonly lane?: number;
}

const channelOf = (process: string) => `nestanza_wake_${process}`;

/** Carries news of rows to the process that owns their lane: at once within this one, else by notification. */
export class WakeUp {
  readonly #kernel: Kernel;
  readonly #sleepers = new Map<number, Sleeper>();
  readonly #registrations: (() => void)[] = [];
  #unlisten: (() => void) | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Whoever calls for this group wakes this sleeper. */
  add(group: number, sleeper: Sleeper): void {
    this.#sleepers.set(group, sleeper);
  }

  start(): void {
    this.#listen();
    this.#registrations.push(this.#kernel.onReincarnation(() => this.#listen()));
  }

  stop(): void {
    this.#unlisten?.();
    for (const end of this.#registrations.splice(0)) end();
  }

  /** Wakes the owner of a lane: the id of a process. Nobody owns it: whoever takes it reads it anyway. */
  call(owner: string | null, call: Call): void {
    if (owner === null) return;
    if (owner === this.#kernel.lease.id) this.#wake(call);
    else this.#kernel.notify(channelOf(owner), JSON.stringify(call));
  }

  #wake({ group, lane }: Call): void {
    const sleeper = this.#sleepers.get(group);
    if (lane === undefined) sleeper?.hurry();
    else sleeper?.news([lane]);
  }

  #listen(): void {
    this.#unlisten?.();
    this.#unlisten = this.#kernel.listen(channelOf(this.#kernel.lease.id), (payload) =>
      this.#wake(JSON.parse(payload) as Call),
    );
  }
}
