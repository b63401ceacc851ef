import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isAlive, parsePostmaster, postmasterFile, readPostmaster } from './postmaster-file.js';

const RUNNING = ['4711', '/data/cluster', '1764000000', '20123', '', '127.0.0.1', ' 1234  5', 'ready   ', ''].join(
  '\n',
);

describe('postmaster.pid', () => {
  it('tells process, port and readiness', () => {
    expect(parsePostmaster(RUNNING)).toEqual({ pid: 4711, port: 20123, ready: true });
    expect(parsePostmaster(RUNNING.replace('ready   ', 'starting'))).toMatchObject({ ready: false });
  });

  it('is understood while a server is still writing it', () => {
    expect(parsePostmaster('')).toBeUndefined();
    expect(parsePostmaster('4711\n/data/cluster\n17')).toEqual({ pid: 4711, port: 0, ready: false });
  });

  it('never names process 0 or a group: these would be this process and its neighbours', () => {
    for (const pid of ['0', '-1', 'x']) expect(parsePostmaster(RUNNING.replace('4711', pid))).toBeUndefined();
  });

  it('is undefined without a server', async () => {
    const cluster = await mkdtemp(join(tmpdir(), 'nestanza-pid-'));
    expect(await readPostmaster(cluster)).toBeUndefined();
    await writeFile(postmasterFile(cluster), RUNNING);
    expect(await readPostmaster(cluster)).toMatchObject({ pid: 4711 });
    await rm(cluster, { recursive: true });
  });

  it('belongs to a living process or not', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(2 ** 30)).toBe(false);
  });
});
