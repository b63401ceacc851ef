import type { Failure } from '../failure.js';

/** How an execution leaves its code. The first exit counts. */
export type Exit =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** Nothing runs, and something is waited for: keep a row and forget the rest. */
  | { readonly kind: 'waiting' }
  /** Cancelled, or over its deadline, and no step is running any more. */
  | { readonly kind: 'interrupted'; readonly error: Failure | undefined }
  /** It begins anew with another input, JSON text. */
  | { readonly kind: 'anew'; readonly input: string | null }
  /** The process is about to stop: another may go on. */
  | { readonly kind: 'handed back' }
  /** It goes on only once a person has acted. */
  | { readonly kind: 'stuck'; readonly problem: Failure }
  /** The run is another's, or it is unknown whether a write happened: what this execution remembers counts no more. */
  | { readonly kind: 'lost'; readonly why: string };

/** The first of several exits. */
export class FirstExit {
  readonly promise: Promise<Exit>;
  #taken = false;
  #resolve!: (exit: Exit) => void;

  constructor() {
    this.promise = new Promise((resolve) => (this.#resolve = resolve));
  }

  get taken(): boolean {
    return this.#taken;
  }

  /** Later ones change nothing. */
  take(exit: Exit): void {
    this.#taken = true;
    this.#resolve(exit);
  }
}
