export { pause, systemClock, type Clock, type Timer } from './clock.js';
export { milliseconds, type Duration } from './duration.js';
export { errorText, hasCode, NestanzaError, toError, type ErrorFacts, type NestanzaErrorOptions } from './errors.js';
export { faultPoint, faultPoints, onFaultPoint, type FaultHandler } from './fault-points.js';
export { silentLog, type Log, type LogFields } from './log.js';
export { compose, type Middleware } from './pipeline.js';
export { uniqueId } from './unique-id.js';
