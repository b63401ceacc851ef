import type { StepKind } from '../entities/step-record.entity.js';
import type { RecordedStep } from '../store/load.js';

/**
 * What a run has recorded, and how far its code has come through it again. A step that is not recorded may begin only
 * where the code has asked for every recorded step that it came to before: else its steps are not those of the record.
 */
export class Journal {
  readonly #steps: Map<string, RecordedStep>;
  /** Recorded, and not yet asked for by this execution. */
  readonly #unasked: Map<string, RecordedStep>;
  #next = 0;

  constructor(steps: readonly RecordedStep[]) {
    this.#steps = new Map(steps.map((step) => [step.key, step]));
    this.#unasked = new Map(steps.filter((step) => step.kind !== 'compensation').map((step) => [step.key, step]));
  }

  /** The place of the step that the code comes to now. */
  nextSeq(): number {
    return this.#next++;
  }

  /** The record of a step that the code asks for. */
  visit(key: string): RecordedStep | undefined {
    this.#unasked.delete(key);
    return this.#steps.get(key);
  }

  /** The record of a compensation. */
  find(key: string): RecordedStep | undefined {
    return this.#steps.get(key);
  }

  add(step: RecordedStep): void {
    this.#steps.set(step.key, step);
  }

  /** A recorded step at or before this place that the code should have asked for, if there is one. */
  overlooked(seq: number): RecordedStep | undefined {
    return [...this.#unasked.values()].find((step) => step.seq <= seq);
  }

  /** Whether the code is behind what the run has recorded. */
  get replaying(): boolean {
    return this.#unasked.size > 0;
  }

  /** JSON results of the steps of one kind. */
  outputsOf(kind: StepKind): string[] {
    return [...this.#steps.values()].flatMap((step) =>
      step.kind === kind && step.output !== null ? [step.output] : [],
    );
  }

  /** Steps to undo, the last first. */
  compensable(): RecordedStep[] {
    return [...this.#steps.values()].filter((step) => step.compensable).sort((a, b) => b.seq - a.seq);
  }
}
