import pg from 'pg';
import { type DataSource } from 'typeorm';

/**
 * The `pg` module for TypeORM, with pools whose clients always have an 'error' listener. Without it a client that is
 * checked out but idle, between two statements of a handler, takes the process down with the server.
 * @param onEnd - runs once when a pool has ended, with the data source that made it
 */
export function guardedDriver(onEnd?: () => Promise<void>): typeof pg {
  class GuardedPool extends pg.Pool {
    constructor(options?: pg.PoolConfig) {
      super(options);
      listen(this);
    }

    override end(): Promise<void>;
    override end(callback: () => void): void;
    override end(callback?: () => void): Promise<void> | void {
      const ended = super.end().then(() => onEnd?.());
      if (callback === undefined) return ended;
      ended.then(callback, callback);
    }
  }
  return { ...pg, Pool: GuardedPool };
}

/** The same protection for a data source that was made without it: from now on its clients' errors are heard. */
export function guardPool(source: DataSource): void {
  const { driver } = source;
  if ('master' in driver && driver.master instanceof pg.Pool) listen(driver.master);
}

function listen(pool: pg.Pool): void {
  // The query under way is rejected with the same error, and the pool drops the client: nothing is left to do here.
  pool.on('connect', (client) => client.on('error', () => undefined));
}
