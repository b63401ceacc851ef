import { arrivedSignals, type OpenSignal } from '../store/load.js';
import type { Sql } from '../store/sql.js';

/** Signals that a run was sent and has not taken, in the order of their arrival. */
export class SignalBox {
  #open: OpenSignal[];
  readonly #taken = new Set<string>();

  /** @param seen - how many the run had been sent when the open ones were read, or fewer */
  constructor(
    private readonly sql: Sql,
    private readonly run: { readonly id: string; readonly signals: number },
    open: readonly OpenSignal[],
  ) {
    this.#open = [...open];
    this.#seen = run.signals;
  }

  #seen: number;

  /** How many signals the run had been sent when this was last read: parking with a smaller number wakes it at once. */
  get seen(): number {
    return this.#seen;
  }

  /** The oldest open signal of this name; nobody else gets it. */
  take(name: string): OpenSignal | undefined {
    const index = this.#open.findIndex((signal) => signal.name === name);
    if (index === -1) return undefined;
    const [signal] = this.#open.splice(index, 1);
    if (signal !== undefined) this.#taken.add(signal.id);
    return signal;
  }

  /** Reads what has arrived since. */
  async refresh(): Promise<void> {
    const { count, open } = await arrivedSignals(this.sql, this.run.id);
    this.#open = open.filter((signal) => !this.#taken.has(signal.id));
    this.#seen = Math.max(this.#seen, count);
  }
}
