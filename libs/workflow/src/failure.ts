import { errorText, NestanzaError } from '@nestanza/core';

/** Whatever was thrown, as it is stored in a row and read back. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** Stable code of the error, where it had one. */
  readonly code?: string;
  /** Data of a contract's declared error. */
  readonly data?: unknown;
  /** First lines of the stack; for people. */
  readonly stack?: string;
}

const MESSAGE_LIMIT = 4_000;
const STACK_LIMIT = 4_000;

/** PostgreSQL's jsonb has no U+0000. */
const storable = (text: string, limit: number): string => text.slice(0, limit).replaceAll('\u0000', '\uFFFD');

function jsonOrNothing(value: unknown): unknown {
  try {
    const text = JSON.stringify(value);
    return text === undefined || text.includes('\\u0000') ? undefined : JSON.parse(text);
  } catch {
    return undefined; // Data that JSON cannot hold is left out: the failure itself must always be storable.
  }
}

/** The storable form of an error. Never throws. */
export function toFailure(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : undefined;
  const { code, data } = (error ?? {}) as { code?: unknown; data?: unknown };
  const json = data === undefined ? undefined : jsonOrNothing(data);
  return {
    name: storable(error?.name ?? typeof thrown, 200),
    message: storable(errorText(thrown), MESSAGE_LIMIT),
    ...(typeof code === 'string' && { code: storable(code, 200) }),
    ...(json !== undefined && { data: json }),
    ...(error?.stack !== undefined && { stack: storable(error.stack, STACK_LIMIT) }),
  };
}

/**
 * A step failed for good. Thrown into the workflow, the same on the first run and whenever the run is continued: the
 * error's own class is gone, its `code` and `data` are not (`Reserve.isError(error, 'OUT_OF_STOCK')` holds).
 */
export class StepFailed extends NestanzaError {
  /** `charge#0`: name and occurrence. */
  readonly step: string;
  readonly data: unknown;
  readonly failure: Failure;

  constructor(step: string, failure: Failure) {
    super(failure.code ?? 'NST_WORKFLOW_STEP_FAILED', failure.message, { facts: { step, error: failure.name } });
    this.step = step;
    this.data = failure.data;
    this.failure = failure;
  }
}
