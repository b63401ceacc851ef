import { NestanzaError } from '@nestanza/core';

/** Longest JSON text of one input, result or payload. Larger things belong into a table of their own. */
const JSON_LIMIT = 4 * 1024 * 1024;

/**
 * The JSON text to store; `null` for `undefined`, which SQL keeps apart from the JSON value null.
 * @param what - names the value in the error: `the result of step "charge#0"`
 * @throws NestanzaError `NST_WORKFLOW_NOT_JSON` for what JSON or jsonb cannot hold
 * @throws NestanzaError `NST_WORKFLOW_TOO_LARGE` above `JSON_LIMIT` characters
 */
export function encodeJson(value: unknown, what: string): string | null {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new NestanzaError('NST_WORKFLOW_NOT_JSON', `JSON cannot hold ${what}.`, { cause: error, facts: { what } });
  }
  if (text === undefined) return null;
  if (text.length > JSON_LIMIT) {
    throw new NestanzaError(
      'NST_WORKFLOW_TOO_LARGE',
      `With ${text.length} characters of JSON ${what} is above the limit of ${JSON_LIMIT}: store it yourself and record a reference.`,
      { facts: { what, size: text.length, limit: JSON_LIMIT } },
    );
  }
  if (text.includes('\\u0000')) {
    throw new NestanzaError('NST_WORKFLOW_NOT_JSON', `PostgreSQL cannot hold U+0000, and ${what} contains it.`, {
      facts: { what },
    });
  }
  return text;
}

/** The value of a stored text; the inverse of `encodeJson`. */
export function decodeJson(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
