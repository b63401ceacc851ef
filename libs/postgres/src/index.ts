export { openDatabase, type Database, type OpenDatabaseOptions } from './database.js';
export { stopEmbeddedDatabase, type DatabaseMember, type StopOutcome } from './embedded/stop.js';
export { migrate, type MigrateOptions } from './migrations/migrate.js';
export {
  dataSourceOptions,
  type DataSourceSettings,
  type PostgresDataSourceOptions,
} from './typeorm/data-source-options.js';
export { afterCommit, currentTransaction, runInTransaction } from './typeorm/transaction.js';
