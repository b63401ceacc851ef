/** Facts of an error as flat, loggable fields. Never a secret. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface NestanzaErrorOptions {
  /** Whether the same call may succeed later without a change by the caller. Default `false`. */
  readonly retryable?: boolean;
  readonly facts?: ErrorFacts;
  readonly cause?: unknown;
}

/**
 * Every error Nestanza raises. Compare by `code`, never by `instanceof`, where the error may have crossed a queue, a
 * table or the wire.
 */
export class NestanzaError extends Error {
  /** Stable, listed in docs/errors.md: `NST_<AREA>_<WHAT>`. */
  readonly code: string;
  readonly retryable: boolean;
  readonly facts: ErrorFacts;

  constructor(code: string, message: string, options: NestanzaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.facts = options.facts ?? {};
  }
}

/** True for anything that carries this error code, whatever realm, queue or wire it came through. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** The text of whatever was thrown, for logs and stored reasons. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Whatever was thrown, as an `Error`; the thrown value is kept as `cause` where it was none. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
