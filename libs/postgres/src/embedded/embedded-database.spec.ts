import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { Child } from '../../fixtures/child.js';
import { eventually } from '../../fixtures/eventually.js';
import { openDatabase } from '../database.js';
import { isAlive, readPostmaster } from './postmaster-file.js';
import { stopEmbeddedDatabase } from './stop.js';

jest.setTimeout(60_000);

/** The answer of a fresh connection, or undefined while there is none. */
async function ask<Row>(url: string, text: string): Promise<Row[] | undefined> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rows as Row[];
  } catch {
    return undefined;
  } finally {
    await client.end();
  }
}

describe('the embedded database', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(await realpath(tmpdir()), 'nestanza-embedded-'));
  });

  afterEach(async () => {
    await stopEmbeddedDatabase({ data });
    await rm(data, { recursive: true, force: true });
  });

  const postmaster = async () => readPostmaster(await realpath(join(data, 'postgres', 'cluster')));
  const serverRuns = async () => {
    const running = await postmaster();
    return running !== undefined && isAlive(running.pid);
  };
  const serverPid = () => eventually(async () => (await postmaster())?.pid);

  it('is one server for three processes that start at once, and stops when the last of them leaves', async () => {
    await using first = new Child('member', data);
    await using second = new Child('member', data);
    await using third = new Child('member', data);
    const members = [first, second, third];
    const urls = await Promise.all(members.map(async (member) => (await member.report('open'))['url']));

    expect(new Set(urls).size).toBe(1);
    expect(await readdir(data)).toEqual(['postgres']); // the losers' candidates are gone
    await first.close();
    await second.close();
    expect(await serverRuns()).toBe(true);
    await third.close();
    expect(await serverRuns()).toBe(false);
  });

  it('is started again by its members after kill -9, with every committed row, and on the same port', async () => {
    await using first = new Child('member', data);
    await using second = new Child('member', data);
    const url = String((await first.report('open'))['url']);
    await second.report('open');
    await ask(url, 'create table kept as select 1 as n');

    for (let round = 0; round < 3; round++) {
      const victim = await serverPid();
      process.kill(victim, 'SIGKILL');
      const rows = await eventually(() => ask<{ n: number }>(url, 'select n from kept'));
      expect(rows).toEqual([{ n: 1 }]);
      expect(await serverPid()).not.toBe(victim);
    }
    await first.close();
    await second.close();
    expect(await serverRuns()).toBe(false);
  });

  it('comes back although a session of the killed server is still computing', async () => {
    await using database = await openDatabase({ data });
    const busy = new pg.Client(database.url);
    busy.on('error', () => undefined);
    await busy.connect();
    const computing = busy
      .query('select count(*) from generate_series(1, 1000000000) n')
      .catch((error: Error) => error);
    await eventually(() =>
      ask(database.url, "select 1 from pg_stat_activity where query like 'select count%' and state = 'active'").then(
        (rows) => rows?.length === 1,
      ),
    );

    process.kill(await serverPid(), 'SIGKILL');
    expect(await eventually(() => ask(database.url, 'select 1 as n'))).toEqual([{ n: 1 }]);
    expect(await computing).toBeInstanceOf(Error);
  });

  it('comes back although the process id of the server that died now belongs to a stranger', async () => {
    await openAndClose(data);
    const cluster = join(data, 'postgres', 'cluster');
    const { uid, gid } = await stat(cluster);
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { uid, gid, cwd: '/' });
    try {
      await once(stranger, 'spawn');
      await writeFile(
        join(cluster, 'postmaster.pid'),
        [stranger.pid, cluster, 0, 1, '', '127.0.0.1', '', 'ready'].join('\n'),
      );
      await using database = await openDatabase({ data });
      expect(await ask(database.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('outlives SIGTERM of a member until that has closed it', async () => {
    await using member = new Child('member', data);
    const url = String((await member.report('open'))['url']);
    member.process.kill('SIGTERM');
    await member.report('asked to end');
    expect(await ask(url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await member.close();
    expect(await serverRuns()).toBe(false);
  });

  it('is left, and stopped, by a process that ends without closing it', async () => {
    await using member = new Child('member', data, 'forget');
    await member.report('open');
    await eventually(() => member.process.exitCode === 0);
    expect(await serverRuns()).toBe(false);
  });

  it('goes on after its only member was killed, until somebody stops it', async () => {
    const member = new Child('member', data);
    await member.report('open');
    expect(await stopEmbeddedDatabase({ data })).toEqual({
      kind: 'in-use',
      members: [{ pid: member.process.pid, program: 'member.mjs' }],
    });
    await member[Symbol.asyncDispose]();
    expect(await serverRuns()).toBe(true);
    await eventually(async () => (await stopEmbeddedDatabase({ data })).kind === 'stopped');
    expect(await serverRuns()).toBe(false);
    expect(await stopEmbeddedDatabase({ data })).toEqual({ kind: 'absent' });
  });

  it('is shared by all who open it in one process, and serves whoever opens it again', async () => {
    const [one, two] = await Promise.all([openDatabase({ data }), openDatabase({ data })]);
    expect(one.url).toBe(two.url);
    await one.close();
    expect(await ask(two.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await two.close();
    expect(await serverRuns()).toBe(false);
    await using again = await openDatabase({ data });
    expect(again.url).toBe(one.url); // same password, same port
  });

  it('takes another port when a stranger took its own while it was down', async () => {
    const port = Number(new URL(await openAndClose(data)).port);
    const stranger = createServer().listen(port, '127.0.0.1');
    try {
      await using database = await openDatabase({ data });
      expect(new URL(database.url).port).not.toBe(String(port));
      expect(await readFile(join(data, 'postgres', 'port'), 'utf8')).toBe(`${new URL(database.url).port}\n`);
    } finally {
      stranger.close();
    }
  });

  it('waits for the disk, has the schemas, and lets nobody in without the password, which only its user may read', async () => {
    await using database = await openDatabase({ data });
    expect(
      await ask(
        database.url,
        `select current_setting('fsync') as fsync, current_setting('max_connections') as connections, current_user as role,
         array(select nspname::text from pg_namespace where nspname in ('bullmq', 'nestanza') order by 1) as schemas`,
      ),
    ).toEqual([{ fsync: 'on', connections: '300', role: 'nst', schemas: ['bullmq', 'nestanza'] }]);
    const stranger = new URL(database.url);
    stranger.password = 'guess';
    expect(await ask(stranger.href, 'select 1')).toBeUndefined();
    expect((await stat(join(data, 'postgres', 'password'))).mode % 0o1000).toBe(0o600);
  });

  it('says whose fault it is when the server cannot start', async () => {
    await openAndClose(data);
    await appendFile(
      join(data, 'postgres', 'cluster', 'postgresql.conf'),
      "shared_preload_libraries = 'no_such_library'",
    );
    await expect(openDatabase({ data })).rejects.toMatchObject({
      code: 'NST_POSTGRES_START',
      message: expect.stringContaining('no_such_library'),
    });
  });
});

/** The address the database had. */
async function openAndClose(data: string): Promise<string> {
  await using database = await openDatabase({ data });
  return database.url;
}
