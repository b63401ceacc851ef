import type { Execution } from './execution.js';
import type { OpenStep, StepEnd } from './operation.js';

/**
 * Ends with the next signal of this name, or without a result at the timeout.
 * @param options.timeout - milliseconds
 */
export async function waitForSignal(
  execution: Execution,
  step: OpenStep,
  { name, timeout }: { readonly name: string; readonly timeout: number | undefined },
): Promise<StepEnd> {
  const { signals, parts } = execution;
  const due = step.timer?.due ?? (timeout === undefined ? undefined : parts.clock.now() + timeout);
  const fresh = step.timer === undefined && due !== undefined ? { fresh: { attempt: 0, error: null } } : {};
  for (;;) {
    let signal = signals.take(name);
    if (signal === undefined) {
      await signals.refresh();
      signal = signals.take(name);
    }
    if (signal !== undefined) return { output: signal.payload, signal: signal.id };
    if (due !== undefined && due <= parts.clock.now()) return {};
    await execution.wait({
      key: step.fullKey,
      what: `signal "${name}"`,
      arrival: true,
      ...(due !== undefined && { due }),
      ...fresh,
    });
  }
}
