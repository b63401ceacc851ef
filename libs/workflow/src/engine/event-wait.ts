import { awaitEvent, type FoundEvent } from '../store/event.js';
import type { Execution } from './execution.js';
import { probeOf } from './leaves.js';
import type { OpenStep, StepEnd } from './operation.js';

/** What a wait for an event records. */
export interface TakenEvent {
  /** Of the kept event, so that the run does not take it again. */
  readonly id: string;
  readonly body: unknown;
}

export interface EventWaiting {
  readonly topic: string;
  /** JSON text. */
  readonly filter: string;
  /** Milliseconds. */
  readonly timeout: number | undefined;
}

/** Ends with the event, or without a result at the timeout. */
export async function waitForEvent(
  execution: Execution,
  step: OpenStep,
  { topic, filter, timeout }: EventWaiting,
): Promise<StepEnd> {
  const { clock } = execution.parts;
  const due = step.timer?.due ?? (timeout === undefined ? undefined : clock.now() + timeout);
  const fresh = step.timer === undefined && due !== undefined ? { fresh: { attempt: 0, error: null } } : {};
  for (;;) {
    const event = await look(execution, step, { topic, filter });
    if (event !== undefined) {
      const taken: TakenEvent = { id: event.id, body: JSON.parse(event.body) };
      return { output: JSON.stringify(taken), waited: true };
    }
    if (due !== undefined && due <= clock.now()) return { waited: true };
    await execution.wait({
      key: step.fullKey,
      what: `event "${topic}"`,
      arrival: true,
      ...(due !== undefined && { due }),
      ...fresh,
    });
  }
}

function look(
  { parts, run, journal }: Execution,
  step: OpenStep,
  { topic, filter }: { readonly topic: string; readonly filter: string },
): Promise<FoundEvent | undefined> {
  return parts.dataSource.transaction((tx) =>
    awaitEvent(tx, {
      run: run.id,
      epoch: run.epoch,
      process: parts.sql.lease.id,
      key: step.fullKey,
      topic,
      filter,
      probe: probeOf(JSON.parse(filter)),
      had: journal.outputsOf('event').map((output) => (JSON.parse(output) as TakenEvent).id),
    }),
  );
}
