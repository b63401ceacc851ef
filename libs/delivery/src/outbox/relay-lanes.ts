import type { OwnedLane } from '../lanes/lanes.js';

interface RelayLane extends OwnedLane {
  releasing: boolean;
  /** Rows of this lane that are under way. */
  sending: number;
}

/** The outgoing lanes this process owns, and how much of each is under way. Pure. */
export class RelayLanes {
  readonly #lanes = new Map<number, RelayLane>();

  get kept(): number {
    return [...this.#lanes.values()].filter(({ releasing }) => !releasing).length;
  }

  get releasable(): readonly number[] {
    return [...this.#lanes.values()]
      .filter(({ releasing, sending }) => releasing && sending === 0)
      .map(({ lane }) => lane);
  }

  /** Lanes to send from. */
  get open(): readonly number[] {
    return [...this.#lanes.values()].filter(({ releasing }) => !releasing).map(({ lane }) => lane);
  }

  own(lanes: readonly OwnedLane[]): void {
    const now = new Map(lanes.map(({ lane, epoch }) => [lane, epoch]));
    for (const { lane, epoch } of [...this.#lanes.values()]) if (now.get(lane) !== epoch) this.#lanes.delete(lane);
    for (const [lane, epoch] of now) {
      if (!this.#lanes.has(lane)) this.#lanes.set(lane, { lane, epoch, releasing: false, sending: 0 });
    }
  }

  /** Chooses up to `count` lanes to give away, idle ones first. */
  shed(count: number): void {
    const open = [...this.#lanes.values()].filter(({ releasing }) => !releasing);
    for (const state of open.sort((a, b) => a.sending - b.sending).slice(0, count)) state.releasing = true;
  }

  /** True while rows of this lane may be sent. */
  holds(lane: number): boolean {
    return this.#lanes.get(lane)?.releasing === false;
  }

  /** A row is under way until the returned function is called. */
  sending(lane: number): () => void {
    const state = this.#lanes.get(lane);
    if (state === undefined) return () => undefined;
    state.sending += 1;
    return () => {
      state.sending -= 1;
    };
  }
}
