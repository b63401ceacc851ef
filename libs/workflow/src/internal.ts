export type { Messages, WorkflowDefinition } from './engine/engine-parts.js';
export { WorkflowEngine, type EngineOptions } from './engine/engine.js';
