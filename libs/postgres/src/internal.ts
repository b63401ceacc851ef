export { openSession, type DatabaseSession } from './kernel/database-session.js';
export { GroupCommitter, type GroupCommitterOptions } from './kernel/group-committer.js';
export { Kernel, type KernelOptions } from './kernel/kernel.js';
export { type LeaseOptions, type ProcessLease } from './kernel/process-lease.js';
export { type Statement, type Unsubscribe } from './kernel/statement.js';
export { sqlState } from './sql-state.js';
export { temporaryDatabase, type TemporaryDatabase } from './testing/temporary-database.js';
export { guardPool } from './typeorm/guarded-driver.js';
