import { errorText, toError } from '@nestanza/core';

/** What is to be said about a failed run. */
export interface Failure {
  /** `Inventory.onPlaced`. */
  readonly handler: string;
  /** Channel of the message. */
  readonly channel: string;
  readonly id: string;
  readonly error: unknown;
  /** 1 for the first run; absent where nothing is retried. */
  readonly attempt?: number;
  /** Attempts in all. */
  readonly attempts?: number;
  /** When it runs again, milliseconds since the epoch; absent: never. */
  readonly next?: number;
  /** What became of it where it does not run again: `dead letter`, `answered with an error`, `dropped`. */
  readonly end?: string;
  /** The command that shows or repairs it. */
  readonly command?: string;
  /** The page that shows it. */
  readonly page?: string;
}

/** Lines of a stack that are shown. */
const STACK_LINES = 6;

/** The one block that a failing handler prints. */
export function failureReport(failure: Failure, now: number = Date.now()): string {
  const { handler, channel, id, attempt, attempts, next, end, command, page } = failure;
  const error = toError(failure.error);
  const count = attempt === undefined ? '' : `, attempt ${attempt}${attempts === undefined ? '' : ` of ${attempts}`}`;
  const fate = next === undefined ? (end ?? 'not run again') : `runs again ${inWords(next - now)}`;
  return [
    `${handler} failed${count}: ${errorText(error)}`,
    `  message  ${id} on ${channel}`,
    `  fate     ${fate}`,
    ...(command === undefined ? [] : [`  command  ${command}`]),
    ...(page === undefined ? [] : [`  page     ${page}`]),
    ...stackOf(error).map((line) => `  ${line}`),
  ].join('\n');
}

function inWords(wait: number): string {
  if (wait <= 0) return 'at once';
  if (wait < 1_000) return `in ${Math.round(wait)} ms`;
  if (wait < 120_000) return `in ${(wait / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
  return `in ${Math.round(wait / 60_000)} min`;
}

/** The frames of the application's own code come first; the rest of the stack says little. */
function stackOf(error: Error): readonly string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .filter((line) => !line.includes('node:internal'))
    .slice(0, STACK_LINES)
    .map((line) => line.trim());
}
