/**
 * Where a run stands.
 *
 * - `pending` ready, waiting for a process to take it
 * - `running` a process has it
 * - `waiting` parked: a row and nothing else, until a timer, a signal or a message
 * - `compensating` failed or cancelled, undoing its steps in reverse order
 * - `succeeded`, `failed`, `cancelled` ended
 * - `stuck` nothing runs until a person acts (`retry`): its code changed under it, or a compensation gave up
 */
export const RUN_STATUSES = [
  'pending',
  'running',
  'waiting',
  'compensating',
  'succeeded',
  'failed',
  'cancelled',
  'stuck',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type EndStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;

/** True once nothing will ever change the run again. */
export function hasEnded(status: RunStatus): status is EndStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
