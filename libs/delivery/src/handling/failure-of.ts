import type { Failure } from '../schema/failure.js';
import { storable } from '../storable.js';

/** Code units of a stored reason. */
export const REASON_LIMIT = 2_000;

/** Code units of a stored stack: eleven of them and an envelope still make a small row. */
export const STACK_LIMIT = 4_000;

/** A failed attempt as it is stored. */
export function failureOf(error: Error, { attempt, at }: { readonly attempt: number; readonly at: number }): Failure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return {
    at: new Date(at).toISOString(),
    attempt,
    code: storable(code, 200),
    message: storable(error.message, REASON_LIMIT),
    ...(error.stack !== undefined && { stack: storable(error.stack, STACK_LIMIT) }),
  };
}
