import { errorText } from '@nestanza/core';
import { nestedStep, sequenceChanged } from '../errors.js';
import { StepFailed, toFailure, type Failure } from '../failure.js';
import type { RunChange } from '../store/advance.js';
import type { ClaimedRun } from '../store/claim.js';
import { decodeJson } from '../store/json.js';
import type { RunHistory } from '../store/load.js';
import { Activity } from './activity.js';
import { currentRun } from './current-run.js';
import type { EngineParts } from './engine-parts.js';
import { FirstExit, type Exit } from './exit.js';
import { Journal } from './journal.js';
import {
  never,
  recordOf,
  turn,
  type Call,
  type Compensation,
  type OpenStep,
  type StepEnd,
  type StoredTimer,
} from './operation.js';
import { RunWriter } from './run-writer.js';
import { SignalBox } from './signal-box.js';
import { StepKeys } from './step-keys.js';
import { Waits, type Wait } from './waits.js';

/** What the code of an execution may do. */
export type Phase =
  /** Come to new steps. */
  | 'forward'
  /** Come to recorded steps only, so that their compensations are known. */
  | 'replay'
  /** Nothing: the engine undoes its steps. */
  | 'unwinding'
  /** Nothing: this process is done with the run. */
  | 'left';

/**
 * One run in this process's memory, from its claim until it ends, parks or is lost: what the code asks for, what is
 * recorded of it, what it waits for. Code that goes on after that finds promises that never settle.
 */
export class Execution {
  readonly signals: SignalBox;
  readonly activity = new Activity();
  readonly journal: Journal;
  /** Of every step that the code has come to and that may need undoing. */
  readonly compensations = new Map<string, Compensation>();
  readonly #writer: RunWriter;
  readonly #keys = new StepKeys();
  readonly #patches = new Map<string, boolean>();
  readonly #waits: Waits;
  readonly #timers: ReadonlyMap<string, StoredTimer>;
  #abort = new AbortController();
  #exit = new FirstExit();
  #phase: Phase = 'forward';
  #interruption: Extract<Exit, { kind: 'interrupted' }> | undefined;
  #draining = false;
  /** Steps that the code came to and that may not begin. */
  #halted = 0;
  #parental = false;

  constructor(
    readonly run: ClaimedRun,
    history: RunHistory,
    readonly parts: EngineParts,
  ) {
    const now = parts.clock.now();
    this.signals = new SignalBox(parts.sql, run, history.signals);
    this.journal = new Journal(history.steps);
    this.#timers = new Map(
      history.timers.map(({ remaining, ...timer }) => [timer.key, { ...timer, due: now + remaining }]),
    );
    this.#waits = new Waits(parts.clock);
    this.#writer = new RunWriter(run, parts.committer, (trouble) =>
      this.leave({ kind: 'lost', why: trouble instanceof Error ? errorText(trouble) : trouble }),
    );
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Resolves with the first way out of the phase. */
  get exit(): Promise<Exit> {
    return this.#exit.promise;
  }

  /** Aborts when the run is interrupted or lost. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get halted(): number {
    return this.#halted;
  }

  /** The code has come to a child. */
  get parental(): boolean {
    return this.#parental;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The run's way forward has been ended; what still runs is awaited. */
  get interrupted(): boolean {
    return this.#interruption !== undefined;
  }

  /**
   * The recorded result of the step, or that of `begin`, once the step may begin. Never settles where it may not.
   * @throws NestanzaError (rejection) `NST_WORKFLOW_STEP_NAME`, `NST_WORKFLOW_STEP_KEY`, `NST_WORKFLOW_NESTED_STEP`
   * @throws StepFailed (rejection)
   */
  async perform(call: Call, begin: (step: OpenStep) => Promise<StepEnd>): Promise<unknown> {
    if (currentRun()?.inStep) throw nestedStep(call.name);
    if (this.#phase === 'left' || this.#phase === 'unwinding') return never();
    const fullKey = this.#keys.open(call.name, call.key);
    const seq = this.journal.nextSeq();
    if (call.kind === 'child') this.#parental = true;
    this.activity.stir();
    try {
      const recorded = this.journal.visit(fullKey);
      if (recorded === undefined) return await this.#begin(this.open(call, fullKey, seq), begin);
      if (recorded.kind !== call.kind) {
        return await this.#changed(`${call.kind} "${fullKey}"`, `${recorded.kind} "${fullKey}"`);
      }
      if (recorded.compensable && call.compensation) this.compensations.set(fullKey, call.compensation);
      if (recorded.error !== null) throw new StepFailed(fullKey, recorded.error);
      return decodeJson(recorded.output);
    } finally {
      this.#keys.close(fullKey);
    }
  }

  /**
   * Whether a run goes the way of code that was changed under this mark: all do, but those that had gone on from here
   * before. The answer is recorded.
   */
  patched(mark: string): boolean {
    const known = this.#patches.get(mark);
    if (known !== undefined) return known;
    const key = `patch ${mark}#0`;
    const recorded = this.journal.visit(key) !== undefined;
    const patched = recorded || (!this.journal.replaying && this.#phase === 'forward');
    this.#patches.set(mark, patched);
    if (patched) {
      const step = this.open({ kind: 'patch', name: key }, key, this.journal.nextSeq());
      if (!recorded) this.record(step, {});
    }
    return patched;
  }

  /** A step as it begins, with its stored timer if there is one. */
  open(call: Call, fullKey: string, seq: number): OpenStep {
    return { ...call, fullKey, seq, startedAt: this.parts.clock.now(), timer: this.#timers.get(fullKey) };
  }

  /** The step will be written before the next one begins, and is known to this execution at once. */
  record(step: OpenStep, end: StepEnd): void {
    const record = recordOf(step, end);
    this.journal.add(record);
    if (end.written) return;
    this.#writer.record({
      ...record,
      attempt: end.attempt ?? 1,
      startedAt: step.startedAt,
      ...(end.signal !== undefined && { signal: end.signal }),
      awaited: step.timer !== undefined || end.waited === true,
    });
  }

  /** Everything recorded so far is written, or the run is lost. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  /** Writes what is not yet written, and what becomes of the run. `false`: the run is lost. */
  change(change: RunChange): Promise<boolean> {
    return this.#writer.change(change);
  }

  /** The change that parks this run. From here on nothing resumes in this execution. */
  parking(status: 'waiting' | 'compensating'): RunChange {
    const change = { status, ...this.#waits.park(), signalsSeen: this.signals.seen };
    this.close();
    return change;
  }

  /** Nothing begins or resumes any more. */
  close(): void {
    this.#phase = 'left';
    this.#waits.clear();
  }

  /**
   * Resolves when the wait is over and this execution still lives. Where nothing runs meanwhile the run parks, and the
   * promise never settles.
   */
  wait(wait: Wait): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.add(wait, () => {
        this.activity.begin();
        resolve();
      });
      this.#rest();
    });
  }

  /** Awaits something that is no work of the step itself: meanwhile the run may park, and the promise never settles. */
  async aside<T>(promise: Promise<T>): Promise<T> {
    this.#rest();
    try {
      return await promise;
    } finally {
      this.activity.begin();
    }
  }

  /** Whether a branch of the code waits for a signal or an event while others work. */
  get awaitsArrival(): boolean {
    return this.#waits.forArrivals().length > 0;
  }

  /** Lets those branches look again. */
  async lookForArrivals(): Promise<void> {
    await this.signals.refresh();
    for (const { key } of this.#waits.forArrivals()) this.#waits.end(key);
  }

  /** From now on the code may come to recorded steps only. */
  replay(): void {
    this.#phase = 'replay';
  }

  /** The code is left where it stands, and the engine undoes. `false`: the run is lost. */
  unwind(): boolean {
    if (this.#phase === 'left') return false;
    this.#phase = 'unwinding';
    this.#waits.clear();
    this.activity.restart();
    this.#exit = new FirstExit();
    this.#abort = new AbortController();
    return true;
  }

  /** The first exit of a phase counts; that the run is lost counts always. */
  leave(exit: Exit): void {
    const gone = exit.kind === 'lost' || exit.kind === 'stuck';
    if (this.#exit.taken && !gone) return;
    if (gone) {
      this.#abort.abort(new Error(`The run "${this.run.id}" has left this process.`));
    }
    if (gone || exit.kind === 'handed back') this.close();
    if (exit.kind === 'waiting') this.#phase = 'left'; // its waits are still to be written
    this.#exit.take(exit);
    this.activity.stir();
  }

  /**
   * Ends the run's way forward: running steps are asked to end, waits for a next attempt are over, and when nothing
   * runs any more the run can be compensated.
   * @param error - `undefined`: it was cancelled
   */
  interrupt(error: Failure | undefined): void {
    if (this.#phase !== 'forward' || this.#interruption !== undefined) return;
    this.#interruption = { kind: 'interrupted', error };
    this.#abort.abort(new Error(`The run "${this.run.id}" was ${error === undefined ? 'cancelled' : 'too late'}.`));
    this.#waits.endRetries();
    if (!this.activity.any) this.leave(this.#interruption);
  }

  /** Begins no further step: the run is handed back as soon as none is running. */
  drain(): void {
    this.#draining = true;
    if (!this.activity.any && this.#phase === 'forward') this.leave({ kind: 'handed back' });
  }

  async #begin(step: OpenStep, begin: (step: OpenStep) => Promise<StepEnd>): Promise<unknown> {
    if (this.#phase === 'replay') return this.#halt(step);
    this.activity.begin();
    if (this.journal.overlooked(step.seq) !== undefined) await turn();
    const overlooked = this.journal.overlooked(step.seq);
    if (overlooked !== undefined) return this.#changed(`"${step.fullKey}"`, `"${overlooked.key}"`);
    await this.#writer.settled();
    if (!this.parts.sql.lease.valid) this.leave({ kind: 'lost', why: 'the lease of this process has lapsed' });
    if (this.#phase !== 'forward' || this.#interruption !== undefined || this.#draining) return this.#halt(step);
    let end: StepEnd;
    try {
      end = await begin(step);
    } catch (error) {
      // A step's own failure is its end; this is the database's, and no business of the code.
      this.leave({ kind: 'lost', why: errorText(error) });
      return never();
    }
    this.activity.end(); // before the code goes on, so that what it begins next is seen as such
    this.record(step, end);
    if (step.compensation !== undefined && end.compensable) this.compensations.set(step.fullKey, step.compensation);
    this.#quiet();
    if (end.error !== undefined) throw new StepFailed(step.fullKey, end.error);
    return decodeJson(end.output ?? null);
  }

  /** A step that may not begin. One that may have had its effect before its process died is recorded, to be undone. */
  #halt(step: OpenStep): Promise<never> {
    this.#halted++;
    if (this.#phase === 'replay') {
      // Once it compensates, it is settled which steps have to be undone.
      const begun = this.run.status !== 'compensating' && (this.run.interrupted || (step.timer?.attempt ?? 0) > 0);
      if (begun && step.compensation !== undefined && !step.compensation.transaction) {
        this.compensations.set(step.fullKey, step.compensation);
        this.record(step, { error: step.timer?.error ?? INTERRUPTED, compensable: true });
      }
      this.activity.stir();
    } else this.#rest();
    return never();
  }

  #changed(asked: string, recorded: string): Promise<never> {
    this.leave({ kind: 'stuck', problem: toFailure(sequenceChanged(this.run.id, { asked, recorded })) });
    return never();
  }

  #rest(): void {
    this.activity.end();
    this.#quiet();
  }

  /** With nothing running, an interruption or a drain is complete, and what only waits is parked. */
  #quiet(): void {
    if (this.activity.any) return;
    if (this.#interruption !== undefined && this.#phase === 'forward') this.leave(this.#interruption);
    else if (this.#draining && this.#halted > 0 && this.#phase === 'forward') this.leave({ kind: 'handed back' });
    else if (this.#waits.size > 0) setImmediate(() => this.#park());
  }

  #park(): void {
    if (this.activity.any || this.#waits.size === 0) return;
    if (this.#phase === 'forward' || this.#phase === 'unwinding') this.leave({ kind: 'waiting' });
  }
}

const INTERRUPTED: Failure = {
  name: 'NestanzaError',
  code: 'NST_WORKFLOW_INTERRUPTED',
  message: 'Its process died in this step, and the run was cancelled: whether it had its effect is unknown.',
};
