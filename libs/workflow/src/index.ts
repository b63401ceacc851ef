export { Step, type StepMethodOptions } from './decorators/step.decorator.js';
export { Workflow, type WorkflowOptions } from './decorators/workflow.decorator.js';
export { DEFAULT_RETRY, type RetryPolicy } from './engine/retry.js';
export { workflowEntities, workflowMigrations } from './entities/entities.js';
export { SignalRecord } from './entities/signal-record.entity.js';
export { StepRecord, type StepKind } from './entities/step-record.entity.js';
export { TimerRecord } from './entities/timer-record.entity.js';
export { TransitionRecord } from './entities/transition-record.entity.js';
export { WorkflowRun } from './entities/workflow-run.entity.js';
export { WorkflowCancelled, WorkflowFailed } from './errors.js';
export { StepFailed, type Failure } from './failure.js';
export { WorkflowInspector, type RunFilter, type RunTimeline } from './inspector.js';
export { RUN_STATUSES, type RunStatus } from './run-status.js';
export type { SagaContext } from './saga/saga-context.js';
export {
  MessageSaga,
  On,
  OnTimeout,
  StartedBy,
  type CorrelationOptions,
  type SagaOptions,
  type StatefulOptions,
} from './saga/saga.decorators.js';
export type { ScheduleOptions } from './schedule/schedule-options.js';
export type { WorkflowClass, WorkflowMethod } from './workflow-class.js';
export type {
  ChildOptions,
  EventWaitOptions,
  MapOptions,
  Part,
  RaceResult,
  RequestStepOptions,
  SleepOptions,
  StepKey,
  StepOptions,
  StepScope,
  TransactionScope,
  TransactionStepOptions,
  WaitOptions,
  WorkflowContext,
} from './workflow-context.js';
export { WorkflowHandle, type ResultOptions, type SignalOptions } from './workflow-handle.js';
export type { WorkflowModuleOptions } from './workflow-options.js';
export { WorkflowModule } from './workflow.module.js';
export { Workflows, type StartOptions } from './workflows.js';
