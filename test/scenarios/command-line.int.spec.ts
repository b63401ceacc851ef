import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestProcess } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';

const MAIN = fileURLToPath(new URL('../../libs/cli/dist/main.js', import.meta.url));
const TIMEOUT = 90_000;

describe('the nestanza command', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let server: TestProcess;
  let facts: { readonly domain: string; readonly port: number; readonly ca: string; readonly account: object };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-command-'));
    await chmod(folder, 0o755); // as root the database runs as another user
    environment = {
      ...process.env,
      NESTANZA_DATA: folder,
      NESTANZA_XMPP_PORT: String(await freePort()),
      NESTANZA_XMPP_ACCOUNTS: 'operator:secret',
    };
    const log = join(folder, 'serve.txt');
    server = new TestProcess(process.execPath, { args: [MAIN, 'serve', '--json'], env: environment, log });
    facts = await server.ready(async () => {
      const line = (await server.output()).split('\n').find((text) => text.startsWith('{"serving":'));
      return line === undefined ? undefined : (JSON.parse(line) as { serving: typeof facts }).serving;
    }, 60_000);
  }, TIMEOUT);

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }, TIMEOUT);

  /** Runs a verb to its end. */
  const nestanza = (...words: string[]) =>
    new Promise<{ code: number; out: string; error: string }>((resolve) => {
      const child = execFile(process.execPath, [MAIN, ...words], { env: environment }, (_, out, error) =>
        resolve({ code: child.exitCode ?? -1, out, error }),
      );
    });

  it('serves, and says where, with which certificate, and for whom', () => {
    expect(facts).toMatchObject({
      domain: 'localhost',
      port: Number(environment['NESTANZA_XMPP_PORT']),
      account: { jid: 'operator@localhost', password: 'secret' },
      ca: expect.stringContaining('BEGIN CERTIFICATE'),
    });
  });

  it(
    'sends, and says when nobody answers',
    async () => {
      expect(await nestanza('send', 'operator', 'The kettle is on.')).toEqual({ code: 0, out: '', error: '' });
      expect(await nestanza('send', 'operator', 'Are you there?', '--wait', '100ms')).toMatchObject({
        code: 1,
        out: '',
      });
    },
    TIMEOUT,
  );

  it(
    'says why a call, or a publish, fails',
    async () => {
      expect(await nestanza('call', 'inventory.stock', 'TEA-01')).toMatchObject({
        code: 1,
        out: '',
        error: expect.stringContaining('unavailable'),
      });
      const published = await nestanza('pub', 'no/such/node', '1');
      expect(published).toMatchObject({ code: 1, out: '' });
      expect(published.error).toContain('item-not-found');
    },
    TIMEOUT,
  );

  it(
    'does not stop a database that is in use, and finds none once the server has ended',
    async () => {
      const used = await nestanza('down', '--json');
      expect({ code: used.code, outcome: JSON.parse(used.out) as unknown }).toMatchObject({
        code: 1,
        outcome: { kind: 'in-use', members: [{ pid: server.pid }] },
      });
      expect(await server.stop()).toBe(true);
      expect(server.ended).toEqual({ code: 0, signal: null });
      expect(await nestanza('down')).toEqual({ code: 0, out: 'There is no database running.\n', error: '' });
    },
    TIMEOUT,
  );
});
