import type { DataSource } from 'typeorm';
import type { SignalRecord } from './entities/signal-record.entity.js';
import type { StepRecord } from './entities/step-record.entity.js';
import type { TimerRecord } from './entities/timer-record.entity.js';
import type { TransitionRecord } from './entities/transition-record.entity.js';
import type { WorkflowRun } from './entities/workflow-run.entity.js';
import { unknownRun } from './errors.js';
import { declaredEdges, sagaDiagram, type SagaEdge } from './saga/saga-diagram.js';
import type { SagaDefinition } from './saga/saga-definition.js';
import type { RunStatus } from './run-status.js';
import { EDGES_OF, HISTORY_OF, ONE_RUN, RUNS, SIGNALS_OF, STEPS_OF, TIMERS_OF } from './store/inspect.js';

export interface RunFilter {
  readonly workflow?: string;
  readonly status?: RunStatus;
  /** Only runs that have these. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Only runs created before this moment: the next page. */
  readonly before?: Date;
  /** Default 50, at most 500. */
  readonly limit?: number;
}

/** All that is known of one run. */
export interface RunTimeline {
  readonly run: WorkflowRun;
  /** In the order in which they were recorded. */
  readonly steps: readonly StepRecord[];
  /** What it waits for at the moment. */
  readonly timers: readonly TimerRecord[];
  readonly signals: readonly SignalRecord[];
}

const LIMIT = { usual: 50, most: 500 } as const;

/** Answers questions about runs. Asking changes nothing. */
export class WorkflowInspector {
  readonly #source: DataSource;
  readonly #sagas: readonly SagaDefinition[];

  /** @param sagas - those that this process knows */
  constructor(source: DataSource, sagas: readonly SagaDefinition[] = []) {
    this.#source = source;
    this.#sagas = sagas;
  }

  /** Runs, the newest first. */
  list({ workflow, status, before, attributes, limit = LIMIT.usual }: RunFilter = {}): Promise<WorkflowRun[]> {
    const by = attributes === undefined ? null : JSON.stringify(attributes);
    const most = Math.min(LIMIT.most, Math.max(1, limit));
    return this.#source.query<WorkflowRun[]>(RUNS, [workflow ?? null, status ?? null, before ?? null, by, most]);
  }

  /** @throws NestanzaError (rejection) `NST_WORKFLOW_UNKNOWN_RUN` */
  async timeline(id: string): Promise<RunTimeline> {
    const [[run], steps, timers, signals] = await Promise.all([
      this.#source.query<WorkflowRun[]>(ONE_RUN, [id]),
      this.#source.query<StepRecord[]>(STEPS_OF, [id]),
      this.#source.query<TimerRecord[]>(TIMERS_OF, [id]),
      this.#source.query<SignalRecord[]>(SIGNALS_OF, [id]),
    ]);
    if (run === undefined) throw unknownRun(id);
    return { run, steps, timers, signals };
  }

  /** What an instance of a saga handled, in order. Empty where there is none. */
  history(saga: string, key: string): Promise<TransitionRecord[]> {
    return this.#source.query<TransitionRecord[]>(HISTORY_OF, [saga, key]);
  }

  /** A saga as a Mermaid state diagram: the changes its decorators declare, and all that have ever happened. */
  async diagram(saga: string): Promise<string> {
    const known = this.#sagas.find(({ name }) => name === saga);
    const happened = await this.#source.query<SagaEdge[]>(EDGES_OF, [saga]);
    return sagaDiagram([...(known === undefined ? [] : declaredEdges(known)), ...happened]);
  }
}
