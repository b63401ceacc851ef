/** What one round of work came to. */
export interface Work {
  /** Messages, stanzas, runs: whatever the scenario counts. */
  readonly operations: number;
  /** Milliseconds each took, where one can be told from another. */
  readonly latencies?: readonly number[];
}

/** A contender that is ready; it keeps its connections and processes from round to round. */
export interface Running {
  /** Processes whose CPU counts besides this one's. */
  readonly pids?: readonly number[];
  /** Works for about so many milliseconds. */
  work(milliseconds: number): Promise<Work>;
  close(): Promise<void>;
}

/** One way to do the work: ours, or a peer's. */
export interface Contender {
  readonly name: string;
  /** @throws Error that says what is missing and how to get it */
  open(): Promise<Running>;
}

/** Contenders that do the same work side by side: each of ours is compared with each peer. */
export interface Group {
  /** Operations in flight at once. */
  readonly concurrency: number;
  readonly ours: readonly Contender[];
  readonly peers: readonly Contender[];
}

/** What a file `<name>.bench.ts` exports as `scenario`. */
export interface Scenario {
  readonly groups: readonly Group[];
}
