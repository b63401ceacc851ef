import { milliseconds, uniqueId, type Duration } from '@nestanza/core';
import { afterCommit, currentTransaction } from '@nestanza/postgres';
import type { EntityManager } from 'typeorm';
import { workflowName } from './decorators/workflow.decorator.js';
import { idTaken } from './errors.js';
import { encodeJson } from './store/json.js';
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
    const name = workflowName(workflow);
    const run = {
      id,
      workflow: name,
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

  /** A handle on a run, wherever and whenever it runs. */
  handle<Output = unknown>(id: string): WorkflowHandle<Output> {
    return new WorkflowHandle<Output>(id, this.#parts);
  }
}
