import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { Child } from '../../fixtures/child.js';
import { eventually } from '../../fixtures/eventually.js';
import { temporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.js';
import { Kernel } from './kernel.js';

jest.setTimeout(60_000);

const PID = { name: 'spec-pid', text: 'select pg_backend_pid() as pid' };

describe('the kernel', () => {
  let database: TemporaryDatabase;
  let admin: pg.Client;

  beforeAll(async () => {
    database = await temporaryDatabase();
    admin = new pg.Client(database.url);
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await database.close();
  });

  /** Cuts the sessions of this name, as a restarting server would. */
  const cut = (name: string) =>
    admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      [name],
    );
  /** Whether new sessions are admitted; it can only be said from another database. */
  const allowConnections = async (allowed: boolean) => {
    const url = new URL(database.url);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const outside = new pg.Client(url.href);
    await outside.connect();
    await outside.query(`alter database ${name} allow_connections ${allowed}`);
    await outside.end();
  };
  const holdsLock = async (id: string) =>
    (
      await admin.query(
        "select 1 from pg_locks where locktype = 'advisory' and classid = 7002 and objid = $1 and granted",
        [id],
      )
    ).rowCount === 1;

  describe('queries', () => {
    it('run prepared in schema nestanza, on connections that use indexes, and wait for the disk unless told otherwise', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const text = `select current_setting('search_path') as path, current_setting('enable_seqscan') as scan,
        current_setting('synchronous_commit') as commit, (select count(*)::int from pg_prepared_statements) as prepared`;
      expect(await kernel.query({ name: 'spec-settings', text }, [])).toEqual([
        { path: 'nestanza', scan: 'off', commit: 'on', prepared: 1 },
      ]);
      expect(await kernel.query({ name: 'spec-settings', text, durable: false }, [])).toMatchObject([
        { commit: 'off' },
      ]);
      await kernel.close();
    });

    it('are spread over three connections', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const rows = await Promise.all(Array.from({ length: 30 }, () => kernel.query<{ pid: number }>(PID, [])));
      expect(new Set(rows.map(([row]) => row?.pid)).size).toBe(3);
      await kernel.close();
    });

    it('give the error PostgreSQL gave, and only to the query at fault', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const divide = { name: 'spec-divide', text: 'select 10 / $1::int as n' };
      const outcomes = await Promise.allSettled([5, 0, 2].map((by) => kernel.query(divide, [by])));
      expect(outcomes).toMatchObject([
        { status: 'fulfilled', value: [{ n: 2 }] },
        { status: 'rejected', reason: { code: '22012' } },
        { status: 'fulfilled', value: [{ n: 5 }] },
      ]);
      await kernel.close();
    });

    it('under way when the connection is lost fail as retryable, later ones wait for the server to come back', async () => {
      const kernel = await Kernel.open({ url: database.url });
      await allowConnections(false);
      const sleeping = kernel.query({ name: 'spec-sleep', text: 'select pg_sleep(30)' }, []);
      const lost = sleeping.catch((error: unknown) => error);
      const sleepers = "select 1 from pg_stat_activity where query = 'select pg_sleep(30)'";
      await eventually(async () => (await admin.query(sleepers)).rowCount === 1);
      await cut('nestanza kernel');
      expect(await lost).toMatchObject({ code: 'NST_POSTGRES_CONNECTION_LOST', retryable: true });
      // The other connections learn of it in the same moment, each by itself.
      const waiting = eventually(() => kernel.query(PID, []).catch(() => undefined));
      await allowConnections(true);
      expect(await waiting).toHaveLength(1);
      await kernel.close();
    });

    it('of a closed kernel are refused', async () => {
      const kernel = await Kernel.open({ url: database.url });
      await kernel.close();
      await expect(kernel.query(PID, [])).rejects.toMatchObject({ code: 'NST_POSTGRES_CLOSED' });
    });
  });

  describe('the process lease', () => {
    it('is a row with groups and windows, and a lock of the session; both are gone after close', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const { id } = kernel.lease;
      expect(kernel.lease.valid).toBe(true);
      expect(await holdsLock(id)).toBe(true);
      await kernel.lease.join(7);
      await kernel.lease.join(8);
      await kernel.lease.leave(8);
      expect((await admin.query('select groups from nestanza.process where id = $1', [id])).rows).toEqual([
        { groups: [7] },
      ]);
      expect(
        (await admin.query('select grp from nestanza.process_window where process = $1 order by 1', [id])).rows,
      ).toEqual([{ grp: 7 }, { grp: 8 }]);
      await kernel.close();
      expect(kernel.lease.valid).toBe(false);
      expect(await holdsLock(id)).toBe(false);
      expect((await admin.query('select 1 from nestanza.process where id = $1', [id])).rowCount).toBe(0);
    });

    it('is kept by heartbeats beyond its duration', async () => {
      const kernel = await Kernel.open({ url: database.url, lease: { duration: 400, heartbeat: 50 } });
      const { id } = kernel.lease;
      const expiry = async () =>
        Number(
          (await admin.query('select extract(epoch from lease_until) as at from nestanza.process where id = $1', [id]))
            .rows[0].at,
        );
      const first = await expiry();
      await eventually(async () => (await expiry()) > first + 0.4);
      expect(kernel.lease).toMatchObject({ id, valid: true });
      await kernel.close();
    });

    it('that lapsed by the database clock is never revived: a new incarnation takes its groups on', async () => {
      const kernel = await Kernel.open({ url: database.url, lease: { heartbeat: 50 } });
      await kernel.lease.join(9);
      const { id } = kernel.lease;
      const reborn = new Promise<string>((resolve) => kernel.onReincarnation(() => resolve(kernel.lease.id)));
      await admin.query("update nestanza.process set lease_until = clock_timestamp() - interval '1 s' where id = $1", [
        id,
      ]);
      const next = await reborn;
      expect(BigInt(next)).toBeGreaterThan(BigInt(id));
      expect(kernel.lease.valid).toBe(true);
      await eventually(async () => !(await holdsLock(id)));
      expect((await admin.query('select groups from nestanza.process where id = $1', [next])).rows).toEqual([
        { groups: [9] },
      ]);
      await kernel.close();
    });

    it('is lost with its session', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const { id } = kernel.lease;
      await cut('nestanza lease');
      await eventually(() => kernel.lease.id !== id && kernel.lease.valid);
      expect(await holdsLock(kernel.lease.id)).toBe(true);
      await kernel.close();
    });

    it('fences a process that was stopped: it wakes without a valid lease and begins anew', async () => {
      await using holder = new Child('lease-holder', database.url, '500', '100');
      const id = String((await holder.report('open'))['id']);
      holder.process.kill('SIGSTOP');
      await eventually(
        async () =>
          (await admin.query('select 1 from nestanza.process where id = $1 and lease_until < clock_timestamp()', [id]))
            .rowCount === 1,
      );
      expect(await holdsLock(id)).toBe(true); // stopped, not dead: only the clock tells
      holder.process.send('state'); // is read before its next heartbeat can be answered
      holder.process.kill('SIGCONT');
      expect(await holder.report('state')).toMatchObject({ id, valid: false });
      expect(String((await holder.report('reborn'))['id'])).not.toBe(id);
      expect(await holder.ask('state', 'state')).toMatchObject({ valid: true });
      await holder.close();
    });

    it('of a killed process shows as dead at once, before it lapses', async () => {
      await using holder = new Child('lease-holder', database.url, '60000', '1000');
      const id = String((await holder.report('open'))['id']);
      expect(await holdsLock(id)).toBe(true);
      holder.process.kill('SIGKILL');
      await eventually(async () => !(await holdsLock(id)), 5_000);
    });
  });

  describe('notifications', () => {
    it('reach every listener of the channel in any process, equal ones of a moment once', async () => {
      const [sender, receiver] = await Promise.all([
        Kernel.open({ url: database.url }),
        Kernel.open({ url: database.url }),
      ]);
      const heard: string[] = [];
      receiver.listen('work "of" the day', (payload) => heard.push(payload));
      receiver.listen('other', (payload) => heard.push(`other ${payload}`));
      await eventually(() => {
        sender.notify('work "of" the day', 'ready');
        return heard.includes('ready');
      });
      heard.length = 0;
      for (let n = 0; n < 100; n++) sender.notify('work "of" the day', `lane ${n % 2}`);
      await eventually(() => heard.includes('lane 1'));
      expect(heard.filter((payload) => payload.startsWith('lane'))).toEqual(['lane 0', 'lane 1']);
      await Promise.all([sender.close(), receiver.close()]);
    });

    it('are heard again after the listening connection was lost, and not after unlistening', async () => {
      const kernel = await Kernel.open({ url: database.url });
      const heard: string[] = [];
      const unlisten = kernel.listen('again', (payload) => heard.push(payload));
      await cut('nestanza listen');
      await eventually(() => {
        kernel.notify('again', 'back');
        return heard.length > 0;
      });
      unlisten();
      heard.length = 0;
      let control = 0;
      kernel.listen('control', () => control++);
      await eventually(() => {
        kernel.notify('again', 'not heard');
        kernel.notify('control', '');
        return control > 2;
      });
      expect(heard).not.toContain('not heard');
      await kernel.close();
    });

    it('that PostgreSQL would refuse are refused before they spoil others', async () => {
      const kernel = await Kernel.open({ url: database.url });
      expect(() => kernel.notify('x'.repeat(64), '')).toThrow(
        expect.objectContaining({ code: 'NST_POSTGRES_NOTIFICATION' }),
      );
      expect(() => kernel.notify('x', 'ü'.repeat(4_000))).toThrow(
        expect.objectContaining({ code: 'NST_POSTGRES_NOTIFICATION' }),
      );
      await kernel.close();
    });
  });
});
