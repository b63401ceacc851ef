import type { StepKind } from '../entities/step-record.entity.js';
import type { Failure } from '../failure.js';
import type { RecordedStep } from '../store/load.js';
import type { StepScope, TransactionScope } from '../workflow-context.js';
import type { RetryPolicy } from './retry.js';

/** How to undo a step: kept in memory while its run goes on, and found again by going through the code once more. */
export interface Compensation {
  readonly transaction: boolean;
  /** Between attempts; there is no last one. */
  readonly retry: RetryPolicy;
  undo(result: unknown, scope: StepScope | TransactionScope): unknown;
}

/** A step that the code comes to. */
export interface Call {
  readonly kind: StepKind;
  readonly name: string;
  /** Tells apart what runs at once under one name. */
  readonly key?: string | undefined;
  readonly compensation?: Compensation | undefined;
}

/** A step that is not recorded and has begun. */
export interface OpenStep extends Call {
  readonly fullKey: string;
  readonly seq: number;
  readonly startedAt: number;
  readonly timer: StoredTimer | undefined;
}

/** A timer that was stored when the run parked. */
export interface StoredTimer {
  /** When it fires, on this process's clock. */
  readonly due: number;
  /** Attempts of its step that have failed. */
  readonly attempt: number;
  /** The last attempt's. */
  readonly error: Failure | null;
}

/** What a step came to. */
export interface StepEnd {
  readonly attempt?: number;
  /** JSON text. */
  readonly output?: string | null;
  readonly error?: Failure;
  readonly compensable?: boolean;
  readonly signal?: string;
  /** Its wait for an event may be registered. */
  readonly waited?: boolean;
  /** Its own transaction has recorded it already. */
  readonly written?: boolean;
}

/** The row of a step, as it is written and as it will be read. */
export function recordOf(step: OpenStep, end: StepEnd): RecordedStep {
  return {
    key: step.fullKey,
    seq: step.seq,
    kind: step.kind,
    output: end.output ?? null,
    error: end.error ?? null,
    compensable: end.compensable ?? false,
  };
}

/** Never settles: the code that awaits it is left where it stands, and collected as garbage with its execution. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Resolves after everything that is ready to run has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
