import { milliseconds, uniqueId, type Duration } from '@nestanza/core';
import { afterCommit, currentTransaction } from '@nestanza/postgres';
import type { EntityManager } from 'typeorm';
import { workflowId } from './decorators/workflow.decorator.js';
import { idTaken, noFork } from './errors.js';
import { nextTime } from './schedule/cron.js';
import { SCHEDULE_DEFAULTS, type ScheduleOptions } from './schedule/schedule-options.js';
import { forkRun } from './store/control.js';
import { encodeJson } from './store/json.js';
import { dropSchedule, putSchedule } from './store/schedule.js';
import type { WorkflowClass } from './workflow-class.js';
import { WorkflowHandle, type HandleParts } from './workflow-handle.js';

export interface StartOptions {
  /** A second start under an id is the first one: it changes nothing. Default: a new UUIDv7. */
  readonly id?: string;
  /** A transaction to join: the run begins once it commits. Default: that of the running handler or step, else none. */
  readonly tx?: EntityManager;
  /** After this long the run fails and is compensated. Default: none. */
  readonly deadline?: Duration;
  /** By what it is found: `inspector.list({ attributes: { customer: 'ada' } })`. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

export interface ForkOptions {
  /** Default: a new UUIDv7. */
  readonly id?: string;
  readonly from?: string;
  /** Instead of the first run's. */
  readonly input?: unknown;
  /** A transaction to join. Default: that of the running handler or step, else one of its own. */
  readonly tx?: EntityManager;
}

const WORKFLOW_OF = `select workflow from nestanza.workflow_run where id = $1`;

/** Starts workflows and reaches running ones. */
export class Workflows {
  readonly #parts: HandleParts;

  constructor(parts: HandleParts) {
    this.#parts = parts;
  }

  /**
   * The run exists, once `tx` commits or at once, and some process that knows the workflow runs it.
   * @param input - what JSON can hold
   * @throws NestanzaError (rejection) `NST_WORKFLOW_ID_TAKEN` when the id belongs to a run of another workflow
   * @throws NestanzaError (rejection) `NST_WORKFLOW_NOT_JSON`, `NST_WORKFLOW_TOO_LARGE`, `NST_WORKFLOW_NOT_A_WORKFLOW`
   */
  async start<Input, Output>(
    workflow: WorkflowClass<Input, Output>,
    input: NoInfer<Input>,
    options: StartOptions = {},
  ): Promise<WorkflowHandle<Output>> {
    const { engine } = this.#parts;
    const { id = uniqueId(), tx = currentTransaction(), deadline, attributes } = options;
    const { name, version } = workflowId(workflow);
    const run = {
      id,
      workflow: name,
      version,
      input: encodeJson(input, `the input of the run "${id}"`),
      deadline: deadline === undefined ? null : milliseconds(deadline),
      parent: null,
      attributes: encodeJson(attributes, `the attributes of the run "${id}"`),
    };
    const created = await engine.startRun(run, tx);
    if (tx !== undefined) afterCommit(() => engine.announce());
    if (!created) {
      const [existing]: { workflow: string }[] = await (tx ?? engine.parts.dataSource).query(WORKFLOW_OF, [id]);
      if (existing !== undefined && existing.workflow !== name) {
        throw idTaken(id, { workflow: name, existing: existing.workflow });
      }
    }
    return this.handle<Output>(id);
  }

  /**
   * Makes a run that takes over what another has recorded before a step, and goes on from there: with other code, another
   * input, or merely once more. The first run stays as it is.
   * @param options.from - key of the first step that is done again, `charge#0`; without it all are
   * @throws NestanzaError (rejection) `NST_WORKFLOW_NO_FORK` when there is no such run or step, or the id is taken
   */
  async fork<Output = unknown>(run: string, options: ForkOptions = {}): Promise<WorkflowHandle<Output>> {
    const { engine } = this.#parts;
    const { id = uniqueId(), from, tx = currentTransaction() } = options;
    const input = 'input' in options ? encodeJson(options.input ?? null, `the input of the run "${id}"`) : null;
    const work = (manager: EntityManager): Promise<boolean> => forkRun(manager, { from: run, id, step: from, input });
    const made = tx === undefined ? await engine.parts.dataSource.transaction(work) : await work(tx);
    if (!made) throw noFork(run, { id, from });
    if (tx === undefined) engine.announce();
    else afterCommit(() => engine.announce());
    return this.handle<Output>(id);
  }

  /**
   * Starts runs of a workflow by the clock from now on, each named after the schedule and its moment; replaces a schedule
   * of that name.
   * @throws NestanzaError (rejection) `NST_WORKFLOW_CRON`
   */
  async schedule<Input>(
    name: string,
    workflow: WorkflowClass<Input, unknown>,
    options: ScheduleOptions<NoInfer<Input>>,
  ): Promise<void> {
    const { cron, input, timezone, catchUp, overlap } = { ...SCHEDULE_DEFAULTS, ...options };
    const { name: workflowName, version } = workflowId(workflow);
    const text = encodeJson(input, `the input of the schedule "${name}"`);
    const schedule = { name, workflow: workflowName, version, cron, timezone, input: text, catchUp, overlap };
    const next = nextTime({ cron, timezone }, new Date(this.#parts.engine.parts.clock.now()));
    await putSchedule(currentTransaction() ?? this.#parts.engine.parts.dataSource.manager, schedule, next);
  }

  /** No run is started by this schedule any more. @returns whether there was one */
  unschedule(name: string): Promise<boolean> {
    return dropSchedule(currentTransaction() ?? this.#parts.engine.parts.dataSource.manager, name);
  }

  /** A handle on a run, wherever and whenever it runs. */
  handle<Output = unknown>(id: string): WorkflowHandle<Output> {
    return new WorkflowHandle<Output>(id, this.#parts);
  }
}
