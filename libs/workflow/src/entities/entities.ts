import { WorkflowTables1764000000601 } from '../migrations/1764000000601-workflow-tables.js';
import { WorkflowEvents1764000000602 } from '../migrations/1764000000602-workflow-events.js';
import { WorkflowSagas1764000000603 } from '../migrations/1764000000603-workflow-sagas.js';
import { WorkflowControl1764000000604 } from '../migrations/1764000000604-workflow-control.js';
import { WorkflowVersions1764000000605 } from '../migrations/1764000000605-workflow-versions.js';
import { WorkflowSchedules1764000000606 } from '../migrations/1764000000606-workflow-schedules.js';
import { SignalRecord } from './signal-record.entity.js';
import { StepRecord } from './step-record.entity.js';
import { TimerRecord } from './timer-record.entity.js';
import { TransitionRecord } from './transition-record.entity.js';
import { WorkflowRun } from './workflow-run.entity.js';

/** For the `entities` of an application that reads runs by `@InjectRepository`. */
export const workflowEntities = [WorkflowRun, StepRecord, SignalRecord, TimerRecord, TransitionRecord];

/** What makes their tables; run by `WorkflowModule` by itself. */
export const workflowMigrations = [
  WorkflowTables1764000000601,
  WorkflowEvents1764000000602,
  WorkflowSagas1764000000603,
  WorkflowControl1764000000604,
  WorkflowVersions1764000000605,
  WorkflowSchedules1764000000606,
];
