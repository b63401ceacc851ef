import type { EventContract } from '@nestanza/contracts';
import { NestanzaError } from '@nestanza/core';
import { DiscoveryService } from '@nestjs/core';
import type { ScheduleOptions } from '../schedule/schedule-options.js';
import type { WorkflowId } from '../store/claim.js';
import type { WorkflowClass } from '../workflow-class.js';

export interface WorkflowOptions {
  /** Stored with every run: keep it when the class is renamed. Default: the name of the class. */
  readonly name?: string;
  /**
   * Of the code: runs are bound to the version they were started with, and only processes that have it take them. Keep the
   * old class, with its version, beside the new one until its runs have ended. Default: none, all runs take the new code.
   */
  readonly version?: string;
  /** Starts runs by the clock; the schedule has the workflow's name. */
  readonly schedule?: ScheduleOptions;
  /** Events that it waits for by `ctx.waitFor`. They are kept from their arrival on, for runs that come to wait later. */
  readonly receives?: readonly EventContract[];
}

/** Metadata of a workflow's class, found by the explorer. */
export const WorkflowMetadata = DiscoveryService.createDecorator<WorkflowOptions>();

/**
 * The class is a durable workflow: list it among the providers of a module, start it by `Workflows.start`. It is a
 * provider like any other, a singleton whose fields all runs share.
 * @example
 * @Workflow()
 * export class Fulfil {
 *   constructor(private readonly ledger: Ledger) {}
 *
 *   async run(ctx: WorkflowContext, order: Order): Promise<string> {
 *     await ctx.request(Reserve, order, { compensate: () => this.ledger.release(order.id) });
 *     await ctx.sleep('1d');
 *     return ctx.step('ship', () => this.ledger.ship(order.id));
 *   }
 * }
 */
export function Workflow(options: WorkflowOptions = {}) {
  return (target: WorkflowClass<never, unknown>): void => {
    WorkflowMetadata({ ...options, name: options.name ?? target.name })(target);
  };
}

/**
 * Under which name and version the runs of a class are stored.
 * @throws NestanzaError `NST_WORKFLOW_NOT_A_WORKFLOW` without `@Workflow()`
 */
export function workflowId(target: WorkflowClass<never, unknown>): WorkflowId {
  const options: WorkflowOptions | undefined = Reflect.getMetadata(WorkflowMetadata.KEY, target);
  if (options?.name !== undefined) return { name: options.name, version: options.version ?? '' };
  throw new NestanzaError('NST_WORKFLOW_NOT_A_WORKFLOW', `${target.name} has no @Workflow() decorator.`, {
    facts: { class: target.name },
  });
}
