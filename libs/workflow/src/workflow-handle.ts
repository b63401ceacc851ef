import { toError, uniqueId } from '@nestanza/core';
import { afterCommit, currentTransaction } from '@nestanza/postgres';
import type { EntityManager } from 'typeorm';
import type { WorkflowEngine } from './engine/engine.js';
import { notWatched, runEnded, unknownRun, WorkflowCancelled, WorkflowFailed } from './errors.js';
import type { OutcomeWatch } from './outcome-watch.js';
import type { RunStatus } from './run-status.js';
import { requestCancel, retryStuck } from './store/cancel.js';
import { pauseRun, resumeRun } from './store/control.js';
import { decodeJson, encodeJson } from './store/json.js';
import type { RunOutcome } from './store/outcome.js';
import { sendSignal } from './store/signal.js';

export interface ResultOptions {
  /** Stops waiting: the promise rejects with its reason. The run goes on. */
  readonly signal?: AbortSignal;
}

export interface SignalOptions {
  /** Sent twice under one id, it arrives once. Default: a new UUIDv7. */
  readonly id?: string;
  /** A transaction to join. Default: that of the running handler or step, else one of its own. */
  readonly tx?: EntityManager;
}

/** What a handle works with. */
export interface HandleParts {
  readonly engine: WorkflowEngine;
  readonly outcomes: OutcomeWatch;
}

const SHOWN = `select value from nestanza.workflow_shown where run_id = $1 and name = $2`;
const STATUS = `select status from nestanza.workflow_run where id = $1`;

/** One run, by its id: it need not exist yet, and may be in any process. */
export class WorkflowHandle<Output = unknown> {
  readonly id: string;
  readonly #parts: HandleParts;

  constructor(id: string, parts: HandleParts) {
    this.id = id;
    this.#parts = parts;
  }

  /**
   * What the workflow returned, once it has ended; a stuck run has not. Waits for a run that does not exist yet.
   * @throws WorkflowFailed (rejection) `NST_WORKFLOW_FAILED`
   * @throws WorkflowCancelled (rejection) `NST_WORKFLOW_CANCELLED`
   * @throws NestanzaError (rejection) `NST_WORKFLOW_STOPPED`, retryable, when this process shuts down before
   */
  async result({ signal }: ResultOptions = {}): Promise<Output> {
    signal?.throwIfAborted();
    const outcome = await new Promise<RunOutcome>((resolve, reject) => {
      const abort = (): void => {
        forget();
        reject(toError(signal?.reason));
      };
      const forget = this.#parts.outcomes.watch(this.id, (ended) => {
        signal?.removeEventListener('abort', abort);
        if (ended === undefined) reject(notWatched(this.id));
        else resolve(ended);
      });
      signal?.addEventListener('abort', abort);
    });
    if (outcome.status === 'cancelled') throw new WorkflowCancelled(this.id);
    if (outcome.status === 'failed') {
      throw new WorkflowFailed(this.id, outcome.error ?? { name: 'Error', message: 'no reason was recorded' });
    }
    return decodeJson(outcome.output) as Output;
  }

  /** @throws NestanzaError (rejection) `NST_WORKFLOW_UNKNOWN_RUN` */
  async status(): Promise<RunStatus> {
    const { dataSource } = this.#parts.engine.parts;
    const [row]: { status: RunStatus }[] = await (currentTransaction() ?? dataSource).query(STATUS, [this.id]);
    if (row === undefined) throw unknownRun(this.id);
    return row.status;
  }

  /**
   * What the run shows under this name (`ctx.show`); `undefined` while it shows nothing.
   */
  async query<Value = unknown>(name: string): Promise<Value | undefined> {
    const { dataSource } = this.#parts.engine.parts;
    const [row]: { value: Value }[] = await (currentTransaction() ?? dataSource).query(SHOWN, [this.id, name]);
    return row?.value;
  }

  /**
   * Asks for the run's cancellation: no further step begins, running ones are aborted and awaited, what was done is
   * undone in reverse order, and the run ends `cancelled`. Resolves when that is asked for; `result()` tells when it is
   * over. Without effect on a run that is compensating already or has ended.
   * @throws NestanzaError (rejection) `NST_WORKFLOW_UNKNOWN_RUN`
   */
  async cancel(): Promise<void> {
    const before = await this.#write((tx) => requestCancel(tx, this.id));
    if (before === undefined) throw unknownRun(this.id);
  }

  /** Begins no further step until `resume`; running ones end. `false`: it is paused already, or has ended. */
  pause(): Promise<boolean> {
    return this.#write((tx) => pauseRun(tx, this.id));
  }

  /** Goes on. `false`: it was not paused. */
  resume(): Promise<boolean> {
    return this.#write((tx) => resumeRun(tx, this.id));
  }

  /**
   * Lets a stuck run go on from where it stands: from its recorded steps, or with its compensation.
   * @returns whether it was stuck
   */
  retry(): Promise<boolean> {
    return this.#write((tx) => retryStuck(tx, this.id));
  }

  /**
   * Sends a signal; kept until the run takes it, also for a run that does not exist yet.
   * @param payload - what JSON can hold; `undefined` arrives as `null`
   * @throws NestanzaError (rejection) `NST_WORKFLOW_RUN_ENDED`
   */
  async signal(name: string, payload?: unknown, { id = uniqueId(), tx }: SignalOptions = {}): Promise<void> {
    const text = encodeJson(payload ?? null, `the payload of signal "${name}"`);
    const signal = { run: this.id, name, messageId: id, payload: text };
    const arrival = await this.#write((manager) => sendSignal(manager, signal), tx);
    if (arrival === 'ended') throw runEnded(this.id);
  }

  /** Writes in the transaction given, the running one, or one of its own; wakes the run once that commits. */
  async #write<T>(work: (tx: EntityManager) => Promise<T>, given?: EntityManager): Promise<T> {
    const { engine } = this.#parts;
    const tx = given ?? currentTransaction();
    const result = tx === undefined ? await engine.parts.dataSource.transaction(work) : await work(tx);
    if (tx === undefined) engine.announce();
    else afterCommit(() => engine.announce());
    return result;
  }
}
