import pg from 'pg';
import { type DataSource } from 'typeorm';

/**
 * The `pg` module for TypeORM, with pools whose clients always have an 'error' listener. Without it a client that is
 * checked out but idle, between two statements of a handler, takes the process down with the server.
 * @param onEnd - runs when a pool has ended, as it does with the data source that made it
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

/** The same protection for a data source that was made without it, for every client taken from its pool from now on. */
export function guardPool(source: DataSource): void {
  const { driver } = source;
  if ('master' in driver && driver.master instanceof pg.Pool) listen(driver.master);
}

function listen(pool: pg.Pool): void {
  const heard = new WeakSet<pg.PoolClient>();
  // At every checkout, so that clients older than this listener are heard too.
  pool.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    // The query under way is rejected with the same error, and the pool drops the client: nothing is left to do here.
    client.on('error', () => undefined);
  });
}
