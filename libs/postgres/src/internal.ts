export { openSession, type DatabaseSession } from './kernel/database-session.js';
export { GroupCommitter } from './kernel/group-committer.js';
export { kernelMigrations, Kernel } from './kernel/kernel.js';
export { type Statement, type Unsubscribe } from './kernel/statement.js';
export { sqlState } from './sql-state.js';
export { temporaryDatabase, type TemporaryDatabase } from './testing/temporary-database.js';
export { openTestServer } from './testing/test-server.js';
export { guardPool } from './typeorm/guarded-driver.js';
