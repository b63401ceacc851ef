import type { EventContract, RpcContract } from '@nestanza/contracts';
import type { Clock, Log } from '@nestanza/core';
import type { GroupCommitter } from '@nestanza/postgres/internal';
import type { DataSource, EntityManager } from 'typeorm';
import type { Advance, AdvanceResult } from '../store/advance.js';
import type { WorkflowId } from '../store/claim.js';
import type { NewRun } from '../store/start.js';
import type { Sql } from '../store/sql.js';
import type { WorkflowClass } from '../workflow-class.js';
import type { WorkflowContext } from '../workflow-context.js';

/** A workflow that this process can run. */
export interface WorkflowDefinition extends WorkflowId {
  /** Topics of the events that it may wait for. */
  readonly receives: ReadonlySet<string>;
  run(context: WorkflowContext, input: unknown): Promise<unknown>;
}

/** What workflows need of the bus. */
export interface Messages {
  /** Stores an event in the outbox within `tx`; a repeated id is the same event. */
  publish(
    target: EventContract | string,
    body: unknown,
    options: { readonly tx: EntityManager; readonly id: string },
  ): Promise<unknown>;
  send(channel: string, body: unknown, options: { readonly tx: EntityManager; readonly id: string }): Promise<unknown>;
  /** Calls with this key have their effect once; a step's own work has its calls keyed by `keyed`. */
  request(
    contract: RpcContract,
    body: unknown,
    options: { readonly key: string; readonly signal: AbortSignal },
  ): Promise<unknown>;
  /** Runs `work`, whose own requests have the same keys whenever it is repeated under this prefix. */
  keyed<T>(prefix: string, work: () => T): T;
}

/** What every execution of a process shares. */
export interface EngineParts {
  readonly sql: Sql;
  readonly dataSource: DataSource;
  readonly messages: Messages;
  readonly committer: GroupCommitter<Advance, AdvanceResult>;
  readonly clock: Clock;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly log: Log;
  /** Milliseconds for which ended runs are kept; `undefined`: for ever. */
  readonly retain: number | undefined;
  /** Under which name and version the runs of a class are stored. */
  readonly idOf: (workflow: WorkflowClass<never, unknown>) => WorkflowId;
  /** Makes a run, unless its id is taken, and says whether it did. */
  readonly start: (run: NewRun) => Promise<boolean>;
  /** Tells all processes that a run may be due. */
  readonly announce: () => void;
}
