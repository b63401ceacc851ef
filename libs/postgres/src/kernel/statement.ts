/** One SQL statement of the kernel, prepared once per connection under its name and sent by name from then on. */
export interface Statement {
  /** Unique among all statements of a process, at most 63 bytes. */
  readonly name: string;
  /** One statement with `$1`-parameters; unqualified names are those of schema `nestanza`. */
  readonly text: string;
  /**
   * Whether its effects must outlive a power cut once it resolved; default `true`. `false` runs on the connection with
   * `synchronous_commit=off`: for reads, and for bookkeeping whose loss costs work but no message.
   */
  readonly durable?: boolean;
}

/** Ends a registration; calling it again does nothing. */
export type Unsubscribe = () => void;
