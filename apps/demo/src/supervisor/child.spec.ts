import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../once/eventually.js';
import { Child } from './child.js';

const signal = new AbortController().signal;
const soon = <T>(ask: () => T | undefined | Promise<T | undefined>) =>
  eventually(ask, { until: Date.now() + 20_000, signal });

const STEADY = `
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
  setInterval(() => {}, 1000);
  console.log('up');
  process.send('ready');
`;

describe('a supervised child', () => {
  let folder: string;
  let lines: string[];
  let deaths: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-child-'));
    lines = [];
    deaths = [];
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function childOf(program: string): Promise<Child> {
    const file = join(folder, 'program.mjs');
    await writeFile(file, program);
    return new Child({
      name: 'program',
      command: [file],
      environment: process.env,
      pidFile: join(folder, 'program.pid'),
      onLine: (line) => lines.push(line),
      onDeath: (how) => deaths.push(how),
    });
  }

  const pid = async () => Number(await readFile(join(folder, 'program.pid'), 'utf8'));

  it('is started again when it is killed, under a new process id', async () => {
    const child = await childOf(STEADY);
    await child.start();
    const first = await pid();
    process.kill(first, 'SIGKILL');
    const second = await soon(async () => ((await pid()) === first ? undefined : pid()));
    await soon(() => (lines.filter((line) => line === 'up').length === 2 ? true : undefined));
    expect(deaths).toEqual(['SIGKILL']);
    expect(second).not.toBe(first);
    await child.stop();
  });

  it('drains on stop and leaves no pid file', async () => {
    const child = await childOf(STEADY);
    await child.start();
    await child.stop();
    await child.stop();
    expect(lines).toEqual(['up', 'drained']);
    await expect(pid()).rejects.toThrow('ENOENT');
  });

  it('that never comes up is given up, with its last words', async () => {
    const child = await childOf(`console.error('no such database'); process.exit(3);`);
    await expect(child.start()).rejects.toThrow('program does not start (exit code 3):\nno such database');
    expect(deaths).toHaveLength(2);
    await child.stop();
  });
});
