import type { WorkflowContext } from './workflow-context.js';

/** What a workflow's class has. */
export interface WorkflowMethod<Input = unknown, Output = unknown> {
  /**
   * The workflow. Runs again from the top whenever the run is continued: steps that are recorded are answered from
   * their record, everything else happens again.
   * @param input - what JSON made of the input it was started with
   */
  run(context: WorkflowContext, input: Input): Promise<Output>;
}

/** A class decorated with `@Workflow()`. */
export type WorkflowClass<Input = unknown, Output = unknown> = new (
  ...parameters: never[]
) => WorkflowMethod<Input, Output>;
