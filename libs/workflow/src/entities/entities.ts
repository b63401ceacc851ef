import { WorkflowTables1764000000601 } from '../migrations/1764000000601-workflow-tables.js';
import { WorkflowEvents1764000000602 } from '../migrations/1764000000602-workflow-events.js';
import { SignalRecord } from './signal-record.entity.js';
import { StepRecord } from './step-record.entity.js';
import { TimerRecord } from './timer-record.entity.js';
import { WorkflowRun } from './workflow-run.entity.js';

/** For the `entities` of an application that reads runs by `@InjectRepository`. */
export const workflowEntities = [WorkflowRun, StepRecord, SignalRecord, TimerRecord];

/** What makes their tables; run by `WorkflowModule` by itself. */
export const workflowMigrations = [WorkflowTables1764000000601, WorkflowEvents1764000000602];
