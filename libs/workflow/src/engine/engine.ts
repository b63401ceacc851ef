import {
  errorText,
  faultPoint,
  milliseconds,
  systemClock,
  type Clock,
  type Duration,
  type Log,
  type Timer,
} from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import type { DataSource, EntityManager } from 'typeorm';
import { advanceCommitter } from '../store/advance.js';
import { claimRuns, type ClaimedRun, type WorkflowId } from '../store/claim.js';
import { EMPTY_HISTORY, loadHistories, type RunHistory } from '../store/load.js';
import { startCommitter, startInTransaction, type NewRun } from '../store/start.js';
import { giveUp } from '../store/takeover.js';
import type { WorkflowClass } from '../workflow-class.js';
import type { EngineParts, Messages, WorkflowDefinition } from './engine-parts.js';
import { Execution } from './execution.js';
import { runExecution, type Departure } from './run-execution.js';
import { Sweeper } from './sweeper.js';

const started = faultPoint('workflow.started');

export interface EngineOptions {
  readonly kernel: Kernel;
  /** Where transactional steps and their records are written: the database of the kernel. */
  readonly dataSource: DataSource;
  readonly messages: Messages;
  /** Under which name and version the runs of a class are stored. */
  readonly idOf: (workflow: WorkflowClass<never, unknown>) => WorkflowId;
  readonly log: Log;
  /** Runs in this process's memory at a time; more wait as rows. Default 200. */
  readonly concurrency?: number;
  /** How long ended runs are kept. Default: for ever. */
  readonly retain?: Duration | undefined;
  /** How long `stop` waits for running steps. Default `'10s'`. */
  readonly drain?: Duration;
  readonly clock?: Clock;
  /** In [0, 1); spreads retries. Default `Math.random`. */
  readonly random?: () => number;
}

const ENGINE_DEFAULTS = { concurrency: 200, drain: '10s' } as const;

/** Channel of the hints between processes: a run may be due, or is to be interrupted. A lost one costs a sweep. */
const CHANNEL = 'nestanza_workflow';

/** A timer of the runtime may fire so many milliseconds early, and a run that is not yet due is not claimed. */
const TIMER_SLACK = 2;

/** Runs of one claim statement. */
const CLAIM_BATCH = 100;

/** Claims due runs and runs them, in one process. Rows are the truth: it forgets everything at `stop`. */
export class WorkflowEngine {
  readonly parts: EngineParts;
  readonly #kernel: Kernel;
  readonly #options: EngineOptions;
  readonly #starts: ReturnType<typeof startCommitter>;
  readonly #definitions = new Map<string, WorkflowDefinition>();
  readonly #running = new Map<string, Execution>();
  readonly #sweeper: Sweeper;
  readonly #endListeners = new Set<(run: string) => void>();
  #unsubscribe: (() => void)[] = [];
  #state: 'idle' | 'working' | 'stopping' = 'idle';
  #claiming = false;
  #claimAgain = false;
  #alarm: { readonly at: number; readonly timer: Timer } | undefined;
  #onRest: () => void = () => undefined;

  constructor(options: EngineOptions) {
    this.#kernel = options.kernel;
    this.#options = options;
    this.#starts = startCommitter(options.kernel);
    this.parts = {
      sql: options.kernel,
      dataSource: options.dataSource,
      messages: options.messages,
      committer: advanceCommitter(options.kernel),
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      log: options.log,
      retain: options.retain === undefined ? undefined : milliseconds(options.retain),
      idOf: options.idOf,
      start: (run) => this.startRun(run),
      announce: () => this.announce(),
    };
    this.#sweeper = new Sweeper(this.parts, {
      workflows: () => this.#workflows,
      running: () => this.#running,
      onDue: () => this.#claim(),
      onNext: (remaining) => this.#wakeIn(remaining),
    });
  }

  /** Makes a workflow runnable here. Before `start`. */
  register(definition: WorkflowDefinition): void {
    this.#definitions.set(keyOf(definition.name, definition.version), definition);
  }

  /** Begins to claim runs. */
  start(): void {
    this.#state = 'working';
    this.#unsubscribe = [
      this.#kernel.onReincarnation(() => this.#forget('this process lost its lease')),
      this.#kernel.listen(CHANNEL, () => this.#sweeper.hurry()),
    ];
    this.#sweeper.start();
  }

  /**
   * Claims no more; resolves when every run here has ended, parked or been handed back, and at the latest after the
   * drain time, when what still runs is aborted and left to others.
   */
  async stop(): Promise<void> {
    if (this.#state !== 'working') return;
    this.#state = 'stopping';
    for (const execution of this.#running.values()) execution.drain();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#alarm?.timer.cancel();
    await this.#sweeper.stop();
    const over = new Promise<void>((resolve) => {
      const timer = this.parts.clock.after(milliseconds(this.#options.drain ?? ENGINE_DEFAULTS.drain), resolve);
      this.#onRest = () => {
        if (this.#running.size > 0) return;
        timer.cancel();
        resolve();
      };
    });
    this.#onRest();
    await over;
    const late = [...this.#running.values()].map(({ run }) => run);
    this.#forget('this process is stopping');
    if (late.length > 0) await this.#giveUp(late);
  }

  /**
   * Makes a run, unless its id is taken. Inside `tx` it exists once that commits.
   * @returns whether it was made
   */
  async startRun(run: NewRun, tx?: EntityManager): Promise<boolean> {
    if (tx !== undefined) return (await startInTransaction(tx, run)).created;
    const take =
      this.#state === 'working' &&
      this.#kernel.lease.valid &&
      this.#free > 0 &&
      this.#definitions.has(keyOf(run.workflow, run.version));
    const { created, claimed } = await this.#starts.submit({ run, take });
    await started();
    if (claimed) void this.#run(firstClaim(run), EMPTY_HISTORY);
    else if (created) this.announce();
    return created;
  }

  /** A run may be due, or is to be interrupted: here and in every process. */
  announce(): void {
    this.#sweeper.hurry();
    this.#kernel.notify(CHANNEL, '');
  }

  /** Calls `listener` with the id of each run that ends in this process. */
  onEnd(listener: (run: string) => void): () => void {
    this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  get #workflows(): readonly WorkflowDefinition[] {
    return [...this.#definitions.values()];
  }

  get #free(): number {
    return (this.#options.concurrency ?? ENGINE_DEFAULTS.concurrency) - this.#running.size;
  }

  #claim(): void {
    if (this.#claiming) this.#claimAgain = true;
    else void this.#claimAll();
  }

  async #claimAll(): Promise<void> {
    this.#claiming = true;
    try {
      do {
        this.#claimAgain = false;
        const limit = Math.min(this.#free, CLAIM_BATCH);
        if (this.#state !== 'working' || limit <= 0 || !this.#kernel.lease.valid) return;
        const runs = await claimRuns(this.parts.sql, this.#workflows, limit);
        await this.#take(runs);
        if (runs.length === limit) this.#claimAgain = true;
      } while (this.#claimAgain);
    } catch (error) {
      this.parts.log.warn('workflow runs could not be claimed, the next sweep tries again', {
        error: errorText(error),
      });
    } finally {
      this.#claiming = false;
    }
  }

  async #take(runs: readonly ClaimedRun[]): Promise<void> {
    try {
      const begun = runs.filter((run) => run.epoch > 1).map((run) => run.id);
      const histories = await loadHistories(this.parts.sql, begun);
      for (const run of runs) void this.#run(run, histories.get(run.id) ?? EMPTY_HISTORY);
    } catch (error) {
      await this.#giveUp(runs);
      throw error;
    }
  }

  async #run(run: ClaimedRun, history: RunHistory): Promise<void> {
    const { log } = this.parts;
    const definition = this.#definitions.get(keyOf(run.workflow, run.version));
    if (definition === undefined || this.#state !== 'working') return this.#giveUp([run]);
    const execution = new Execution(run, history, this.parts);
    this.#running.set(run.id, execution);
    const departure = await runExecution(execution, definition).catch((error: unknown): Departure => {
      log.error('a workflow run was left by a fault of the engine', { run: run.id, error: errorText(error) });
      return { kind: 'lost', why: errorText(error) };
    });
    if (this.#running.get(run.id) === execution) this.#running.delete(run.id);
    switch (departure.kind) {
      case 'ended':
        for (const listener of this.#endListeners) listener(run.id);
        if (run.parent !== null) this.announce();
        break;
      case 'parked':
        if (departure.wake !== undefined) this.#wakeIn(departure.wake);
        break;
      case 'stuck':
        log.error('a workflow run is stuck: it goes on once it is retried or cancelled', { run: run.id });
        break;
      case 'lost':
        log.warn('a workflow run was left to whoever takes it', { run: run.id, why: departure.why });
        await this.#giveUp([run]);
        break;
      case 'handed back':
        break;
    }
    this.#onRest();
    if (this.#free === 1) this.#claim(); // was full: rows may wait
  }

  /** Best effort: what is not freed here is found by the sweep for orphans, or when this process dies. */
  async #giveUp(runs: readonly ClaimedRun[]): Promise<void> {
    await giveUp(this.parts.sql, runs).catch((error: unknown) =>
      this.parts.log.warn('lost workflow runs could not be freed', { runs: runs.length, error: errorText(error) }),
    );
  }

  #forget(why: string): void {
    for (const execution of this.#running.values()) execution.leave({ kind: 'lost', why });
    this.#running.clear();
  }

  /** Claims again in so many milliseconds, if that is before the next sweep would. */
  #wakeIn(remaining: number): void {
    if (this.#state !== 'working' || remaining > Sweeper.INTERVAL) return;
    const { clock } = this.parts;
    const at = clock.now() + Math.max(0, remaining) + TIMER_SLACK;
    if (this.#alarm !== undefined && this.#alarm.at <= at) return;
    this.#alarm?.timer.cancel();
    const timer = clock.after(at - clock.now(), () => {
      this.#alarm = undefined;
      this.#sweeper.hurry();
    });
    this.#alarm = { at, timer };
  }
}

const keyOf = (name: string, version: string): string => `${name}\n${version}`;

function firstClaim(run: NewRun): ClaimedRun {
  const fresh = { error: null, signals: 0, cancelRequested: false, interrupted: false, takeovers: 0, generation: 0 };
  return { ...run, ...fresh, status: 'running', epoch: 1 };
}
