import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, TestProcess } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';
import { poll } from '../support/poll.js';

const MAIN = fileURLToPath(new URL('../../apps/demo/dist/main.js', import.meta.url));
const TIMEOUT = 180_000;

describe('the demo, npm start', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-once-'));
    await chmod(folder, 0o755); // as root the database runs as another user
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function once(environment: NodeJS.ProcessEnv = {}, args = ['--once']): Promise<TestProcess> {
    const { NESTANZA_DATA: _, ...env } = process.env;
    const ports = { NESTANZA_HTTP_PORT: String(await freePort()), NESTANZA_XMPP_PORT: String(await freePort()) };
    return new TestProcess(process.execPath, {
      args: [MAIN, ...args],
      env: { ...env, TMPDIR: folder, ...ports, ...environment },
      log: join(folder, 'output.txt'),
    });
  }

  const end = (demo: TestProcess) => poll(() => demo.ended, { within: 120_000, what: 'the end of the demo' });

  it(
    'with --once plays ten orders, finds every outcome as expected, and leaves nothing behind',
    async () => {
      const demo = await once();
      const { code } = await end(demo);
      const output = await demo.output();
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('All as expected.') });
      expect(output.match(/^ {2}ok /gm)).toHaveLength(10);
      expect(await readdir(folder)).toEqual(['output.txt']);
    },
    TIMEOUT,
  );

  it(
    'with --once ends in good order, and not with 0, when it is told to end in the middle of its start',
    async () => {
      const demo = await once();
      await demo.ready(async () => (await demo.output()).includes('Starting orders') || undefined, 60_000);
      expect(await demo.stop(60_000)).toBe(true);
      expect(demo.ended?.code).toBe(1);
      expect(await readdir(folder)).toEqual(['output.txt']);
    },
    TIMEOUT,
  );

  it(
    'takes its services along when it is killed without a word',
    async () => {
      const data = join(folder, 'data');
      const demo = await once({ NESTANZA_DATA: data }, []);
      await demo.ready(async () => (await demo.output()).includes('The demo is ready') || undefined, 90_000);
      const names = (await readdir(join(data, 'run'))).filter((name) => name.endsWith('.pid')).sort();
      expect(names).toEqual(['billing.pid', 'inventory.pid', 'monitor.pid', 'orders.pid', 'serve.pid']);
      const pids = await Promise.all(
        names.map(async (name) => Number(await readFile(join(data, 'run', name), 'utf8'))),
      );
      process.kill(demo.pid!, 'SIGKILL');
      const left = async () => (await Promise.all(pids.map(isAlive))).includes(true);
      await poll(async () => ((await left()) ? undefined : true), { within: 60_000, what: 'the end of the services' });
    },
    TIMEOUT,
  );

  it('explains itself', async () => {
    const demo = await once({}, ['--help']);
    expect(await end(demo)).toEqual({ code: 0, signal: null });
    expect(await demo.output()).toContain('NESTANZA_DATA');
  });
});
