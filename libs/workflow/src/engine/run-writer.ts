import { faultPoint, toError } from '@nestanza/core';
import type { GroupCommitter } from '@nestanza/postgres/internal';
import type { Advance, AdvanceResult, NewStep, RunChange } from '../store/advance.js';

const recorded = faultPoint('workflow.step.recorded');

/** Why a write did not happen, or nobody knows whether it did. */
export type WriteTrouble = Exclude<AdvanceResult, 'done'> | Error;

/**
 * Writes of one run, in order. Records are written behind the code's back but never behind its next action: `settled`
 * is awaited before the next step begins, and the last record shares its commit with the run's end.
 */
export class RunWriter {
  #buffer: NewStep[] = [];
  #inFlight: Promise<void> = Promise.resolve();
  #flushing: NodeJS.Immediate | undefined;

  constructor(
    private readonly run: { readonly id: string; readonly epoch: number; readonly parent: string | null },
    private readonly committer: Pick<GroupCommitter<Advance, AdvanceResult>, 'submit'>,
    private readonly onTrouble: (trouble: WriteTrouble) => void,
  ) {}

  /** The step is recorded by the time that `settled` resolves. */
  record(step: NewStep): void {
    this.#buffer.push(step);
    // If the code goes on to something that is no step, nothing else would flush.
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Resolves when all records are committed, or `onTrouble` was called. */
  settled(): Promise<void> {
    this.#flush();
    return this.#inFlight;
  }

  /** Commits what is not yet recorded together with the run's change. Afterwards, unless `keep`, this process has the run no more. */
  async change(change: RunChange): Promise<boolean> {
    await this.#inFlight;
    const steps = this.#take();
    return this.#submit({ ...this.#fence, steps, change });
  }

  get #fence(): Pick<Advance, 'run' | 'epoch' | 'parent'> {
    return { run: this.run.id, epoch: this.run.epoch, parent: this.run.parent };
  }

  #take(): NewStep[] {
    if (this.#flushing !== undefined) clearImmediate(this.#flushing);
    this.#flushing = undefined;
    return this.#buffer.splice(0);
  }

  #flush(): void {
    const steps = this.#take();
    if (steps.length === 0) return;
    const write = this.#submit({ ...this.#fence, steps });
    this.#inFlight = Promise.all([this.#inFlight, write]).then(() => undefined);
  }

  /** Never rejects. */
  async #submit(advance: Advance): Promise<boolean> {
    try {
      const result = await this.committer.submit(advance);
      if (result !== 'done') this.onTrouble(result);
      else if (advance.steps.length > 0) await recorded();
      return result === 'done';
    } catch (error) {
      this.onTrouble(toError(error));
      return false;
    }
  }
}
