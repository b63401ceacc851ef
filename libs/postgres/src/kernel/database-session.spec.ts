import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openSession } from './database-session.js';
import { temporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.js';

jest.setTimeout(60_000);

describe('a session', () => {
  let database: TemporaryDatabase;

  beforeAll(async () => {
    database = await temporaryDatabase();
  });
  afterAll(() => database.close());

  const tryLock = 'select pg_try_advisory_lock(1) as got';

  it('holds what it locks until it is closed', async () => {
    const [holder, other] = await Promise.all([openSession(database.url), openSession(database.url)]);
    expect(await holder.query(tryLock)).toEqual([{ got: true }]);
    expect(await other.query(tryLock)).toEqual([{ got: false }]);
    const lost = jest.fn();
    holder.onLost(lost);
    await holder.close();
    await holder.close();
    expect(await other.query(tryLock)).toEqual([{ got: true }]);
    expect(lost).not.toHaveBeenCalled();
    await other.close();
  });

  it('says once that it was lost, also to who asks later, and answers nothing any more', async () => {
    const [victim, other] = await Promise.all([openSession(database.url), openSession(database.url)]);
    const rows = await victim.query<{ pid: number }>('select pg_backend_pid() as pid');
    const lost = new Promise<void>((resolve) => victim.onLost(resolve));
    await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await lost;
    await new Promise<void>((resolve) => victim.onLost(resolve));
    await expect(victim.query('select 1')).rejects.toMatchObject({
      code: 'NST_POSTGRES_CONNECTION_LOST',
      retryable: true,
    });
    await Promise.all([victim.close(), other.close()]);
  });

  it('is not opened where no server answers', async () => {
    await expect(openSession('postgres://nst@127.0.0.1:1/nestanza')).rejects.toMatchObject({ retryable: true });
  });
});
